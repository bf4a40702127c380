// The hooks and the element in React, under StrictMode.
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { defineInbox } from "notifeed/inbox";
import type { LiveClient } from "notifeed/live";
import { useNotifications, useUnread } from "notifeed/react";

declare const client: LiveClient;

defineInbox();

function Feed({ client }: { client: LiveClient | null }) {
  const items = useNotifications(client);
  const unread = useUnread(client);
  return (
    <>
      <output>{unread}</output>
      <ul>
        {items.map(({ id, payload }) => (
          <li key={id}>{payload.visualContent?.title}</li>
        ))}
      </ul>
    </>
  );
}

function App() {
  const [signedIn, setSignedIn] = useState(true);
  const [followed, setFollowed] = useState("");
  const shown = signedIn ? client : null;
  return (
    <>
      <button onClick={() => setSignedIn(!signedIn)}>Sign in or out</button>
      <Feed client={shown} />
      <p>{followed}</p>
      {signedIn && (
        <notifeed-inbox
          inline
          tabs="all unread"
          client={shown}
          onnotifeed-activate={({ detail }) => setFollowed(`followed ${detail.id}`)}
        >
          <p slot="empty">Nothing for you</p>
        </notifeed-inbox>
      )}
    </>
  );
}

const root = createRoot(document.getElementById("root")!);
root.render(
  <StrictMode>
    <App />
  </StrictMode>,
);
Object.assign(globalThis, { end: () => root.unmount() });

// @ts-expect-error: a client is no text
export const wrong = <notifeed-inbox client="text" />;
