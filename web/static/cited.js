// Clippings -> text that other programs read: Markdown, BibTeX, RIS and CSL-JSON. One entry for each article, its quotes
// as notes; only what is known of an article is told.

export const FORMATS = {
  markdown: ["clippings.md", "text/markdown", markdown],
  bibtex: ["clippings.bib", "application/x-bibtex", bibtex],
  ris: ["clippings.ris", "application/x-research-info-systems", ris],
  csl: ["clippings.json", "application/vnd.citationstyles.csl+json", csl],
};

export function place({ page, start, end }) {
  return `${page ? `page ${page}, ` : ""}characters ${start}–${end}`;
}

function byArticle(clips) {
  const articles = new Map();
  for (const clip of clips) articles.set(clip.article_id, [...(articles.get(clip.article_id) ?? []), clip]);
  return [...articles.values()];
}

function told({ quote, note, ...clip }) {
  return `“${oneLine(quote)}” (${clip.file}, ${place(clip)})${note ? ` — ${oneLine(note)}` : ""}`;
}

function oneLine(text) {
  return text.replace(/\s+/g, " ").trim();
}

function markdown(clips) {
  const escaped = (text) => oneLine(text).replace(/[\\`*_[\]<>#|~&]/g, "\\$&");
  const parts = byArticle(clips).map((quotes) => {
    const [{ title, published, source, url }] = quotes;
    const known = [published, source, url].filter(Boolean).map(escaped).join(", ");
    const lines = quotes.map((clip) => `> ${escaped(clip.quote)}\n>\n> — ${escaped(`${clip.file}, ${place(clip)}`)}${clip.note ? `\n\n${escaped(clip.note)}` : ""}`);
    return `## ${escaped(title)}\n\n${known ? `${known}\n\n` : ""}${lines.join("\n\n")}`;
  });
  return `# Clippings\n\n${parts.join("\n\n")}\n`;
}

function bibtex(clips) {
  const special = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };
  const escaped = (text) => oneLine(text).replace(/[\\~^{}$&%#_]/g, (char) => special[char] ?? `\\${char}`);
  return byArticle(clips)
    .map((quotes) => {
      const [{ article_id, title, published, source, url }] = quotes;
      const fields = {
        title: `{${escaped(title)}}`,
        organization: source && escaped(source),
        year: published?.slice(0, 4),
        date: published,
        url: url && escaped(url),
        note: quotes.map((clip) => escaped(told(clip))).join("; "),
      };
      const lines = Object.entries(fields).filter(([, value]) => value).map(([name, value]) => `  ${name} = {${value}}`);
      return `@misc{verbatim-${article_id},\n${lines.join(",\n")}\n}\n`;
    })
    .join("\n");
}

function ris(clips) {
  return byArticle(clips)
    .map((quotes) => {
      const [{ title, published, source, url, page }] = quotes;
      const lines = [["TY", "GEN"], ["TI", title], ["PB", source], ["PY", published?.slice(0, 4)], ["DA", published?.replaceAll("-", "/")], ["UR", url], ["SP", page]];
      for (const clip of quotes) lines.push(["N1", told(clip)]);
      return [...lines.filter(([, value]) => value).map(([tag, value]) => `${tag}  - ${oneLine(String(value))}`), "ER  - "].join("\r\n");
    })
    .join("\r\n\r\n") + "\r\n";
}

function csl(clips) {
  const entries = byArticle(clips).map((quotes) => {
    const [{ article_id, title, published, source, url, page }] = quotes;
    return {
      id: article_id,
      type: "article",
      title,
      "container-title": source ?? undefined,
      issued: published ? { "date-parts": [published.split("-").map(Number)] } : undefined,
      URL: url ?? undefined,
      page: page ? String(page) : undefined,
      note: quotes.map(told).join("\n"),
    };
  });
  return JSON.stringify(entries, null, 2);
}
