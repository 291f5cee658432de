// The call page: puts its behaviours together. Each lives in its own module and works without the others.
import { page } from "./page.js";
import { Player } from "./player.js";
import { drawMarks } from "./marks.js";
import { followTranscript } from "./follow.js";
import { seekFromQuotes } from "./quotes.js";
import { findInTranscript } from "./find.js";
import { listenForKeys } from "./keys.js";
import { shareSecond } from "./share.js";
import { zoomWave } from "./zoom.js";
import { watchPlayer, watchTabs } from "./jump.js";

const data = page();
watchPlayer();
watchTabs();
const find = findInTranscript(data.words);

if (data.audio) {
  const player = new Player(data);
  drawMarks(player, data);
  zoomWave(player, data);
  const follow = followTranscript(player);
  const quotes = seekFromQuotes(player);
  const share = shareSecond(player, data.words);
  listenForKeys({ player, follow, quotes, find, share });
  player.openAt(data.startAt, data.play);
} else {
  listenForKeys({ find });
}
