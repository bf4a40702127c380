// What uses the README's hooks.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { accessToken } from "./auth.js";
import { Feed, useLiveClient } from "./feed";
import { service } from "./settings.js";

function App() {
  return <Feed client={useLiveClient(service, accessToken)} />;
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
