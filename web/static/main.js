// The page works without this. With it: answers without a reload, a conversation, the source beside the answer.
import "./keys.js";
import "./copy.js";
import "./panel.js";
import "./conversation.js";
import "./suggest.js";
import "./picker.js";
import "./feedback.js";
import "./clippings.js";
import "./fresh.js";
import "./manage.js";
import "./verdicts.js";
import "./docs.js";
