// What uses the README's hooks.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { accessToken } from "./auth.js";
import { useItems, useLiveClient } from "./feed";
import { service } from "./settings.js";

function Feed() {
  const items = useItems(useLiveClient(service, accessToken));
  return (
    <ul>
      {items.map(({ id, payload }) => (
        <li key={id}>{payload.visualContent?.title}</li>
      ))}
    </ul>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Feed />
  </StrictMode>,
);
