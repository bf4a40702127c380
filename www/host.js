// The host name of the development server's apps.

/** The host of the apps that a development server has. */
export const HOST = "graphnotifications.sample.windows.com";
