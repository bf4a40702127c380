// Server-sent events (CONTRACT §5.5): the frames of a socket to a feed, for clients whose network lets no WebSocket
// through. The socket is held here, so that the feed's Hub sleeps as it does between the frames of other sockets.

/** The time between two comments, which show that the connection is alive, in milliseconds. */
const BEAT = 25_000;

const encoder = new TextEncoder();

/**
 * The events of a socket to a feed, until either side ends: a client that has disconnected is noticed at the next
 * write, at the latest at a comment. The buffer here never exceeds the client's window, since the feed receives
 * acknowledgements only for frames that the client has taken.
 * @param {WebSocket} socket
 */
export function eventsOf(socket) {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  let waiting = 0;
  let isKnown = false;

  /** @param {string} text */
  const write = async (text) => {
    waiting++;
    await writer.write(encoder.encode(text));
    waiting--;
  };
  const beat = setInterval(() => {
    if (waiting === 0) write(": \n\n").catch(end);
  }, BEAT);
  /** The client has gone. */
  const end = () => {
    clearInterval(beat);
    socket.close(1000);
  };
  /** @param {string} text */
  const tell = async (text) => {
    const { type, cursor, seq, ack } = JSON.parse(text);
    await write(event(type, cursor, text));
    // After a first acknowledgement the feed waits for this client instead of closing it.
    if (seq === undefined || (isKnown && !ack)) return;
    isKnown = true;
    socket.send(JSON.stringify({ type: "ack", seq, delivered: false }));
  };
  /** @param {number} code @param {string} reason */
  const close = async (code, reason) => {
    clearInterval(beat);
    await write(event("close", undefined, JSON.stringify({ code, reason })));
    await writer.close();
  };

  socket.addEventListener("message", ({ data }) => void tell(String(data)).catch(end));
  socket.addEventListener("close", ({ code, reason }) => {
    socket.close();
    close(code, reason).catch(end);
  });
  writer.closed.catch(end);
  socket.accept();
  return readable;
}

/**
 * @param {string} type
 * @param {string | undefined} cursor
 * @param {string} data a line
 */
const event = (type, cursor, data) =>
  `event: ${type}\n${cursor === undefined ? "" : `id: ${cursor}\n`}data: ${data}\n\n`;
