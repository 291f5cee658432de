// What was typed into an evaluation, kept in this browser until the server has it: a lost network costs nothing.
// The name begins with "draft:", so that signing out clears it like every other draft.
const name = ({ user, call, evaluation }) => `draft:evaluation:${user}:${call}:${evaluation}`;

export function keep(config, values) {
  try {
    localStorage.setItem(name(config), JSON.stringify(values));
  } catch {
    // A browser that keeps nothing: the page itself still holds the answers.
  }
}

export function kept(config) {
  try {
    return JSON.parse(localStorage.getItem(name(config)));
  } catch {
    return null;
  }
}

export function drop(config) {
  try {
    localStorage.removeItem(name(config));
  } catch {
    // Nothing was kept.
  }
}
