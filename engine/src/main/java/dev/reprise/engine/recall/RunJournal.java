package dev.reprise.engine.recall;

import dev.reprise.engine.file.FileUse;
import dev.reprise.engine.file.FilesOfRun;
import dev.reprise.formats.DataFiles;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one run took from the world and left there, noted while it runs: enough to leave it out the
 * next time, or the note that it must not be left out. Thread-safe: workers of a parfor write to
 * it, too.
 */
public final class RunJournal {
  /** More text and files than these are not kept for the sake of a whole run. */
  private static final int MOST_BYTES = 1 << 20;

  /** Effects that can be had again from their outcome. */
  private static final Set<String> RECALLABLE =
      Set.of("print", "write", "lineage", "score", "metric", "progress");

  /** What lies beside a file. */
  private static final List<String> COMPANIONS = List.of("", ".mtd", RecalledRun.TRACE);

  /** A path as the script says it, and what was found there; the same again is nothing new. */
  private record Reading(String path, Key content) {}

  private final boolean seeded;

  // All guarded by this.
  private final StringBuilder printed = new StringBuilder();
  private final Map<Reading, LineageItem> reads = new LinkedHashMap<>();
  private final FilesOfRun used = new FilesOfRun();

  /** What was written, with companions, and how many bytes in all. */
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  private long bytes;
  private final Map<String, Key> traces = new LinkedHashMap<>();
  private final Map<String, RecalledRun.Scored> scores = new LinkedHashMap<>();
  private boolean isRecallable;

  /**
   * @param wanted false when nobody wants to recall the run
   * @param seeded whether the seeds that the system draws are always the same
   */
  public RunJournal(boolean wanted, boolean seeded) {
    this.isRecallable = wanted;
    this.seeded = seeded;
  }

  /** Notes that the run must be executed each time. */
  public synchronized void refuse() {
    isRecallable = false;
    reads.clear();
    files.clear();
    printed.setLength(0);
  }

  /** Notes an effect, by its opcode. */
  public void effect(String opcode) {
    if (!RECALLABLE.contains(opcode)) {
      refuse();
    }
  }

  /** Notes that a seed was drawn. */
  public void drewSeed() {
    if (!seeded) {
      refuse();
    }
  }

  /** Notes a read, by its item; null when it is not known. */
  public synchronized void read(LineageItem item, FileUse use) {
    if (item == null || item.note() == null) {
      refuse();
    } else if (isRecallable
        && reads.putIfAbsent(new Reading(item.note(), item.key()), item) == null) {
      note(use);
    }
  }

  /**
   * Notes a write to a path as the script says it.
   *
   * @param item of what was written, or null
   */
  public synchronized void wrote(String path, Path folder, LineageItem item) {
    Path target = DataFiles.resolve(path, folder);
    // What lies beside a file that was written by a link has other names.
    if (DataFiles.isSpecial(target) || Files.isSymbolicLink(target)) {
      refuse();
    } else if (isRecallable) {
      if (item != null) {
        traces.put(path, item.key());
      }
      take(path, target);
      note(FileUse.writes(target));
    }
  }

  /** Takes the bytes right after the write: later they may be somebody else's. */
  private void take(String path, Path target) {
    try {
      for (String companion : COMPANIONS) {
        Path file = target.resolveSibling(target.getFileName() + companion);
        byte[] before = files.remove(path + companion);
        bytes -= before == null ? 0 : before.length;
        if (!Files.exists(file) && !companion.isEmpty()) {
          continue;
        }
        if (!Files.isRegularFile(file) || bytes + Files.size(file) > MOST_BYTES) {
          refuse();
          return;
        }
        byte[] content = Files.readAllBytes(file);
        bytes += content.length;
        files.put(path + companion, content);
      }
    } catch (IOException e) {
      refuse();
    }
  }

  /** Notes how good a model is; the best by that name is kept. */
  public synchronized void scored(String name, Key model, double value) {
    RecalledRun.Scored before = scores.get(name);
    if (before == null || value > before.value()) {
      scores.put(name, new RecalledRun.Scored(model, value));
    }
  }

  /** What a run reads that it writes itself is nothing that was there before. */
  private void note(FileUse use) {
    if (used.add(use)) {
      refuse();
    }
  }

  /** Output that also keeps a copy here. */
  public Appendable copying(Appendable out) {
    return new Appendable() {
      @Override
      public Appendable append(CharSequence text) throws IOException {
        print(text);
        out.append(text);
        return this;
      }

      @Override
      public Appendable append(CharSequence text, int from, int to) throws IOException {
        return append(text.subSequence(from, to));
      }

      @Override
      public Appendable append(char character) throws IOException {
        return append(String.valueOf(character));
      }
    };
  }

  private synchronized void print(CharSequence text) {
    if (isRecallable) {
      printed.append(text);
      if (printed.length() > MOST_BYTES) {
        refuse();
      }
    }
  }

  /** The run as it is to be kept; null when it must be executed each time. */
  public synchronized RecalledRun finished(
      String warnings, List<RecalledRun.Sourced> sources, long nanos) {
    if (!isRecallable) {
      return null;
    }
    return new RecalledRun(
        nanos,
        warnings,
        sources,
        reads.values().stream().map(RecalledRun.Read::of).toList(),
        printed.toString(),
        new LinkedHashMap<>(files),
        Map.copyOf(traces),
        Map.copyOf(scores));
  }
}
