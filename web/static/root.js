// Where this collection is served: "" at /, else /c/NAME. What is fetched, linked and kept belongs to it.
export const root = document.documentElement.dataset.root;
