"""The kinds of files that articles are read from, apart from what reads them, which takes a second to import."""

FORMATS = ".txt .md .html .pdf .docx .odt .rtf .epub .pptx .eml .mbox .mht .jsonl .json .csv .xml"
