/** The host of the apps that a development server has. */
export const HOST = "graphnotifications.sample.windows.com";
