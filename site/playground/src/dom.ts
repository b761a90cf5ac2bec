/** Builds elements. Texts are only ever set as text, never as HTML. */

type Child = Node | string | null;

export function element<Name extends keyof HTMLElementTagNameMap>(
    name: Name,
    attributes: Record<string, string>,
    ...children: Child[]
): HTMLElementTagNameMap[Name] {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children.filter((child) => child !== null));
    return made;
}

export function button(text: string, kind: string, pressed: () => void): HTMLButtonElement {
    const made = element("button", { type: "button", class: kind }, text);
    made.addEventListener("click", pressed);
    return made;
}

/** An element of the page, by its id. */
export function part<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
    const found = document.getElementById(id);
    if (found === null) throw new Error(`there is no #${id}`);
    return found as Kind;
}

export function counted(number: number, one: string, many = `${one}s`): string {
    return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** A text in which what is in backquotes is code. */
export function withCode(text: string): Child[] {
    return text.split("`").map((each, at) => (at % 2 === 1 ? element("code", {}, each) : each));
}
