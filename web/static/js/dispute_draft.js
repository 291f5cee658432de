// What was typed for a dispute, kept in this browser until the server has it; signing out clears it like every draft.
export function keep(name, values) {
  try {
    localStorage.setItem(`draft:dispute:${name}`, JSON.stringify(values));
  } catch {
    // A browser that keeps nothing: the page itself still holds the words.
  }
}

export function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(`draft:dispute:${name}`));
  } catch {
    return null;
  }
}

export function drop(name) {
  try {
    localStorage.removeItem(`draft:dispute:${name}`);
  } catch {
    // Nothing was kept.
  }
}
