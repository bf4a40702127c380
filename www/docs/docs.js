// The API's description as a page: what openapi.json says, operation by operation.

import { byId, element } from "../element.js";

/** @typedef {Record<string, any>} Json */

/** The callers of an operation, by its security requirements. */
const CALLERS = {
  user: "a signed-in user's token",
  app: "an app-only token",
  subscriptionId: "the subscription id in X-UNS-ID",
};

/** An object of the description, itself or what its reference leads to. */
class Description {
  /** @param {Json} document */
  constructor(document) {
    this.document = document;
  }

  /**
   * @param {Json} object
   * @returns {Json}
   */
  resolve(object) {
    if (typeof object.$ref !== "string") return object;
    const names = object.$ref.slice(2).split("/");
    return this.resolve(names.reduce((/** @type {Json} */ within, name) => within[name], this.document));
  }

  /**
   * The example of a content's schema, as text.
   * @param {Json | undefined} content
   */
  example(content) {
    const [media] = Object.values(content ?? {});
    if (media === undefined) return undefined;
    const [named] = Object.values(media.examples ?? {});
    const schema = this.resolve(media.schema);
    const examples =
      schema.examples ?? (schema.anyOf ?? []).flatMap((/** @type {Json} */ one) => this.resolve(one).examples ?? []);
    const value = named ? this.resolve(named).value : examples[0];
    return value === undefined ? undefined : JSON.stringify(value, null, 2);
  }

  page() {
    const paths = Object.entries(this.document.paths).sort(([one], [other]) => one.localeCompare(other));
    return paths.map(([path, item]) => this.#endpoint(path, item));
  }

  /**
   * @param {string} path
   * @param {Json} item
   */
  #endpoint(path, item) {
    const methods = ["get", "post", "patch", "delete"].filter((method) => method in item);
    return element(
      "section",
      { class: "endpoint" },
      element("h2", {}, element("code", {}, `/beta${path}`)),
      element("p", {}, item.summary),
      ...methods.map((method) => this.#operation(method, item[method], item.parameters ?? [])),
    );
  }

  /**
   * @param {string} method
   * @param {Json} operation
   * @param {Json[]} inherited parameters of the path
   */
  #operation(method, operation, inherited) {
    const parameters = [...inherited, ...operation.parameters].map((one) => this.resolve(one));
    const answers = Object.entries(operation.responses).map(([status, answer]) => ({
      status,
      answer: this.resolve(answer),
    }));
    const body = this.example(operation.requestBody?.content);
    const example = this.example(answers[0].answer.content);
    return element(
      "details",
      { class: "operation", id: operation.operationId },
      element("summary", {}, element("code", {}, method.toUpperCase()), ` ${operation.summary}`),
      ...part("Callers", element("p", {}, callers(operation.security))),
      ...(parameters.length > 0 ? part("Parameters", list(parameters.map(parameter))) : []),
      ...(body === undefined ? [] : part("Body", element("pre", { tabindex: "0" }, body))),
      ...part("Answers", list(answers.map(({ status, answer }) => [status, answer.description]))),
      ...(example === undefined ? [] : part("Example", element("pre", { tabindex: "0" }, example))),
    );
  }
}

/**
 * @param {string} title
 * @param {Node} content
 */
const part = (title, content) => [element("h3", {}, title), content];

/** @param {[string, string][]} rows */
const list = (rows) =>
  element("dl", {}, ...rows.flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)]));

/**
 * @param {Json} parameter
 * @returns {[string, string]}
 */
function parameter({ name, in: place, description, required }) {
  return [name, `${description} (${place}${required ? ", required" : ""})`];
}

/** @param {Record<keyof typeof CALLERS, string[]>[]} security */
function callers(security) {
  if (security.length === 0) return "Everybody, without a token.";
  const names = (/** @type {object} */ one) => /** @type {(keyof typeof CALLERS)[]} */ (Object.keys(one));
  const texts = security.map((one) => names(one).map((name) => CALLERS[name]));
  return `With ${texts.map((one) => one.join(" and ")).join(", or ")}.`;
}

const response = await fetch("openapi.json");
byId("operations", HTMLElement).append(...new Description(await response.json()).page());
if (location.hash) document.getElementById(location.hash.slice(1))?.setAttribute("open", "");
