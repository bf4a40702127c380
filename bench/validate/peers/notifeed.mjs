// notifeed's own package, as scripts/build makes it.
import { init, isValid, validate } from "../../../www/notifeed/index.js";
import { now } from "../clock.mjs";

const options = { now };

export const load = (wasm) => init(wasm);

export const verdict = (text) => isValid(text, options);
export const verdictOfBytes = verdict;
export const verdictOfObject = verdict;

export const report = (text) => validate(text, options);

export const paths = ({ violations }) => violations.map(({ path }) => path.split(/[.[\]]+/).filter(Boolean));
