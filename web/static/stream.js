// Server-sent events of an answer to a POST, which EventSource cannot make: yields {name, data} as each arrives. What is
// refused before anything is done yields one, named "refused", whose data is the problem (RFC 9457). signal: breaks it off.

export async function* events(address, body, signal) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
    yield { name: "refused", data: await response.json() }; // throws where it is not the service that answers
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const whole = text.split("\n\n");
    text = whole.pop();
    for (const event of whole) yield read(event);
  }
}

function read(event) {
  const fields = Object.fromEntries(event.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
  return { name: fields.event, data: JSON.parse(fields.data) };
}
