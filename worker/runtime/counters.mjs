// Counters since the runtime began, for whoever watches over the service.

export const counters = {
  hubs_woken: 0,
  connections_opened: 0,
  connections_closed: 0,
  frames_sent: 0,
  copies_confirmed: 0,
  copies_failed: 0,
  pushes_tried: 0,
  rows_read: 0,
  rows_written: 0,
};
