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

type Eight = [number, number, number, number, number, number, number, number];

/** SHA-256 (FIPS 180-4), half of it as hexadecimal: `crypto.subtle` is asynchronous, and absent on plain http. */
export function digest(text: string): string {
  const bytes = [...new TextEncoder().encode(text), 0x80];
  const message: number[] = Array(Math.ceil((bytes.length + 8) / 64) * 16).fill(0);
  bytes.forEach((byte, at) => (message[at >> 2]! |= byte << (24 - (at % 4) * 8)));
  message[message.length - 1] = (bytes.length - 1) * 8;
  let hash = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  while (message.length > 0) {
    const words = message.splice(0, 16);
    let state = hash;
    for (const prime of PRIMES) {
      const [a, b, c, d, e, f, g, h] = state as Eight;
      const word = words.shift()!;
      const [x, y] = [words[0]!, words[13]!];
      const mixed = (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
      words.push((word + words[8]! + mixed) | 0);
      const choice = (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g));
      const first = h + choice + fraction(Math.cbrt(prime)) + word;
      const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      state = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g];
    }
    hash = hash.map((value, at) => (value + state[at]!) | 0);
  }
  return hash.slice(0, 4).map(hexadecimal).join("");
}

const turn = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));
const hexadecimal = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");
const fraction = (root: number): number => ((root % 1) * 2 ** 32) | 0;

/** The first 64: the constants are the fractions of their roots. */
const PRIMES: number[] = [];
for (let number = 2; PRIMES.length < 64; number++) if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);
