"""The number formats that tests compute in."""

import os

from embeddings.bert import chosen_somewhere

# Whether a format gains by the processor is measured. Told to the processes that share the tests out, which must all
# come to the same tests.
FORMATS = os.environ.setdefault("TESTED_FORMATS", " ".join(chosen_somewhere())).split()
