/** How long the example is kept, in milliseconds: a day, well within the default retention. */
const EXAMPLE_LIFE = 24 * 60 * 60 * 1000;

/**
 * The example of the reference page "Create and send a notification", expiring in the future.
 * @param {number} now UTC milliseconds
 * @returns {string} a request body
 */
export function example(now) {
  const expiration = new Date(now + EXAMPLE_LIFE);
  expiration.setUTCSeconds(0, 0);
  const notification = {
    targetHostName: "graphnotifications.sample.windows.com",
    appNotificationId: "testDirectToastNotification",
    expirationDateTime: expiration.toISOString(),
    payload: {
      visualContent: {
        title: "Hello World!",
        body: "Notifications are Great!",
      },
    },
    targetPolicy: {
      platformTypes: ["windows", "ios", "android"],
    },
    priority: "High",
    groupName: "TestGroup",
    displayTimeToLive: "60",
  };
  return JSON.stringify(notification, null, 2);
}
