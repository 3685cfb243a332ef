"""Questions that the articles answer, to begin with: proposed by rules, kept where the whole pipeline answers them."""
