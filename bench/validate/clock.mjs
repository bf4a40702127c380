/** The clock of the page's example: 2019-10-21T22:05:36.25Z. */
export const now = 1571695536250;
