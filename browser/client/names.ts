// The names of databases, locks and channels: digests, since issuer and user in clear are personal data too.

/** Another one for each form of what tabs store and tell each other, so that an old and a new build never meet. */
const VERSION = 3;

/** @returns the name of what is kept of one user's feed, and shared between tabs */
export function feedName(stream: URL, user: string): string {
  return `notifeed.${VERSION}.${digest(`${placeOf(stream)} ${user}`)}`;
}

/** Whether a text is the name of a feed, of this build or another. */
export const isFeedName = (text: string): boolean => /^notifeed\.\d+\./.test(text);

/** @returns the name under which version 1 and 2 kept the same, in clear */
export function formerName(stream: URL, user: string): string {
  return `notifeed ${stream.href} ${user}`;
}

/** @returns the key of what was opened last at this address */
export function addressName(stream: URL): string {
  return `notifeed.${digest(placeOf(stream))}`;
}

/**
 * The address of a feed: the same whether or not this browser is pushed to, or a sign-out would leave the other one's
 * behind. `endpoint` is the last of its options.
 */
const placeOf = ({ href }: URL): string => href.replace(/&endpoint=.*/, "");

/** SHA-256 (FIPS 180-4), half of it as hexadecimal: `crypto.subtle` is asynchronous, and absent on plain http. */
export function digest(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const length = Math.ceil((bytes.length + 9) / 64) * 64;
  const padded = new Uint8Array(length);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(length - 4, bytes.length * 8);
  const [constants, state] = CONSTANTS;
  const words = new Uint32Array(64);
  const hash = Uint32Array.from(state);
  for (let block = 0; block < length; block += 64) {
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash;
    for (let i = 0; i < 64; i++) {
      if (i < 16) words[i] = view.getUint32(block + i * 4);
      else {
        const [x, y] = [words[i - 15]!, words[i - 2]!];
        const before = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
        words[i] = words[i - 16]! + before + words[i - 7]! + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
      }
      const choice = (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g));
      const first = (h + choice + constants[i]! + words[i]!) | 0;
      const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) hash[i]! += value;
  }
  return Array.from(hash.subarray(0, 4), (word) => word.toString(16).padStart(8, "0")).join("");
}

const turn = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

/** The fractions of the cube roots of the first 64 primes, and of the square roots of the first 8. */
const CONSTANTS = ((): [number[], number[]] => {
  const fraction = (root: number) => ((root % 1) * 2 ** 32) | 0;
  const primes: number[] = [];
  for (let number = 2; primes.length < 64; number++) if (primes.every((prime) => number % prime)) primes.push(number);
  return [primes.map((prime) => fraction(Math.cbrt(prime))), primes.slice(0, 8).map((p) => fraction(Math.sqrt(p)))];
})();
