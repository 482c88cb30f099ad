import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from './command.ts';

/** A progress bar on a terminal, and lines that are printed while it is there. */
export interface ProgressBar extends Progress {
  /** Prints above the bar: its line is cleared before, and drawn again behind. */
  above(print: () => void): void;
}

const CLEAR_LINE = '\r\u001B[K';
const SHOW_CURSOR = '\u001B[?25h';

/** `0:07`, `1:02:03`. */
function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return '-';
  const [hours, minutes, rest] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(Math.floor);
  const padded = (part = 0) => String(part).padStart(2, '0');
  return hours ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
const whole = (count: number) => Math.round(count).toLocaleString('en');

export function openProgressBar(stream: NodeJS.WriteStream): ProgressBar {
  let isShown = false;
  let ofBytes = false;
  let rows = 0;
  /** Rows of an earlier run, which say nothing of how fast this one is. */
  let before: number | undefined;
  let since = 0;

  const bar = new SingleBar(
    {
      format({ barCompleteString = '', barIncompleteString = '', barsize = 40 }, { progress, value, total, eta }) {
        const filled = Math.round(progress * barsize);
        const drawn = barCompleteString.slice(0, filled) + barIncompleteString.slice(0, barsize - filled);
        const seconds = (performance.now() - since) / 1000;
        const rate = seconds > 0 ? (rows - (before ?? rows)) / seconds : 0;
        const counted = ofBytes
          ? `${whole(rows)} rows, ${whole(rate)}/s | ${megabytes(value)} of ${megabytes(total)}`
          : `${whole(value)} of ${whole(total)}`;
        return `${drawn} ${Math.floor(progress * 100)} % | ${counted} | ${clock(eta)} left`;
      },
      hideCursor: true,
      stream,
      etaBuffer: 200,
      barsize: 24,
      forceRedraw: true,
      // A signal ends the command in its own way; see `Terminal.interrupt`.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  const showCursor = () => void stream.write(SHOW_CURSOR);

  return {
    start(total, unit) {
      ofBytes = unit === 'bytes';
      rows = 0;
      before = undefined;
      since = performance.now();
      isShown = true;
      // However the process ends.
      process.once('exit', showCursor);
      bar.start(total, 0);
    },
    update(done, counted = 0) {
      rows = counted;
      before ??= counted;
      bar.update(done);
    },
    stop() {
      if (!isShown) return;
      isShown = false;
      bar.stop();
      process.off('exit', showCursor);
    },
    above(print) {
      if (isShown) stream.write(CLEAR_LINE);
      print();
      if (isShown) bar.render();
    },
  };
}
