// The call page: puts its behaviours together. Each lives in its own module and works without the others.
import { page } from "./page.js";
import { Player } from "./player.js";
import { drawMarks } from "./marks.js";
import { playEpisodes } from "./episodes.js";
import { drawMeasures } from "./measures.js";
import { followTranscript } from "./follow.js";
import { seekFromQuotes } from "./quotes.js";
import { leadToTurns } from "./places.js";
import { findInTranscript } from "./find.js";
import { bindKeys } from "./player_keys.js";
import { chooseStretch } from "./selection.js";
import { shareSecond } from "./share.js";
import { zoomWave } from "./zoom.js";
import { switchMarks } from "./legend.js";
import { makeClips } from "./clips_make.js";
import { coachHere } from "./coaching_call.js";
import { keepComments } from "./comments.js";
import { watchPlayer, watchTabs } from "./jump.js";
import { correctTurns } from "./correct.js";
import { keepLive } from "./correct_live.js";
import { giveCall } from "./give.js";
import { chooseRoles } from "./correct_roles.js";

const data = page();
watchPlayer();
watchTabs(".jump");
watchTabs(".parts-nav");
const find = findInTranscript(data.words);
const player = data.audio ? new Player(data) : null;
const acts = { player, find };
leadToTurns(player);

if (player) {
  const marks = drawMarks(player, data);
  zoomWave(player, data);
  Object.assign(acts, {
    marks,
    episodes: playEpisodes(player),
    measures: drawMeasures(player),
    follow: followTranscript(player),
    quotes: seekFromQuotes(player),
  });
  acts.stretch = chooseStretch(player, { turnAt: acts.follow.turnAt });
  acts.share = shareSecond(player, data.words, acts.stretch);
  acts.legend = switchMarks();
  makeClips({ player, stretch: acts.stretch });
  coachHere({ player, stretch: acts.stretch });
}

const rescore = keepLive({
  data,
  busy: () => Boolean(acts.correct?.isOpen()),
  onNew(newer) {
    watchTabs(".parts-nav");
    if (newer === null) return; // the judgement alone: sound, turns and marks are as they were
    acts.measures?.refresh();
    acts.follow?.refresh();
    acts.marks?.place();
    acts.episodes?.place();
    acts.correct?.refresh();
    acts.comments?.draw();
    acts.legend?.refresh();
    player?.silenced?.();
    player?.findSilences();
    if (newer && JSON.stringify(newer.lanes) !== JSON.stringify(data.lanes)) player?.redraw((data.lanes = newer.lanes));
  },
});
acts.correct = correctTurns({ player, follow: acts.follow, rescore, data });
document.addEventListener("verdict", ({ detail }) => (detail?.html ? rescore.put(detail.html, detail) : rescore.reread({ quiet: true })));
acts.swap = chooseRoles({ rescore, data });
acts.comments = keepComments({ player, follow: acts.follow, data, placeMarks: () => acts.marks?.place() });
bindKeys(acts);
giveCall();
player?.openAt(data.startAt, data.play);
if (data.endAt) acts.stretch?.openAt(data.startAt, data.endAt);
