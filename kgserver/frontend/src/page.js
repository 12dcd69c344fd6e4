// What a page hands to its scripts: its language, its words, what it is about.

const block = document.getElementById("page-data");

/** The members that the template of the page wrote. */
export const data = block ? JSON.parse(block.textContent) : {};

const language = document.documentElement.lang;
const numbers = new Intl.NumberFormat(language);

/** A whole number as the reader's language writes it. */
export const integer = (value) => numbers.format(value);

/** A message in the reader's language; `count` chooses between one and many. */
export function say(key, values = {}) {
  const texts = data.words?.[key] ?? [key];
  const text = values.count === 1 ? texts[0] : texts.at(-1);
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? integer(value) : String(value ?? "");
  });
}
