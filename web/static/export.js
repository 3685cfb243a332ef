// A conversation as a file: Markdown to read, JSON to work with, both with every citation.

export function exportMarkdown(conversation) {
  const text = conversation.map(({ data }) => data.markdown).join("\n");
  download("conversation.md", "text/markdown", `# Conversation\n\n${text}`);
}

export function exportJSON(conversation) {
  download("conversation.json", "application/json", JSON.stringify(conversation.map(({ data }) => data.answer), null, 2));
}

export function download(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
