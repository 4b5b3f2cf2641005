package dev.reprise.store;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.store.exchange.ChangeReader;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Whole runs as plain files beside the graph, so that a process which finds its run there opens no
 * database:
 *
 * <pre>
 *   programs/3f/3fa9...c1   what a run left, by its key: sealed with a fingerprint, replaced as a whole
 *   recalls/PID-N           a run that was recalled, until somebody opens the graph and writes it there
 * </pre>
 *
 * <p>The graph has the same records and decides how long they live; a file that is gone or damaged
 * is one that is not there. Everything appears by a rename, so a process may die at any moment. A
 * recall is written to the graph once: who comes second finds the run there. Thread-safe, for
 * several processes.
 */
public final class RecalledPrograms {
  private static final int MAGIC = 0x52505231;
  private static final int SEAL = 16;

  /** Notes that wait for the graph; more are not written, so that opening it stays quick. */
  static final int MOST_NOTES = 1_000;

  private final Path programs;
  private final Path recalls;

  /**
   * @param store folder of the store; nothing is made here
   */
  public RecalledPrograms(Path store) {
    this.programs = store.resolve("programs");
    this.recalls = store.resolve("recalls");
  }

  private Path fileOf(Key key) {
    String name = key.toString();
    return programs.resolve(name.substring(0, 2)).resolve(name);
  }

  // ---- without the graph

  /** The record of a program; null when there is none, or it is damaged. */
  public byte[] find(Key key) {
    ByteBuffer parts = opened(key);
    return parts == null ? null : block(parts);
  }

  /** The parts of a program's file: record, then changes; null likewise. */
  private ByteBuffer opened(Key key) {
    try {
      byte[] all = Files.readAllBytes(fileOf(key));
      int length = all.length - SEAL;
      if (length < 2 * Integer.BYTES || ByteBuffer.wrap(all).getInt() != MAGIC) {
        return null;
      }
      Key hash = ContentHash.of(all, 0, length);
      ByteBuffer seal = ByteBuffer.wrap(all, length, SEAL);
      boolean whole = seal.getLong() == hash.high() && seal.getLong() == hash.low();
      return whole ? ByteBuffer.wrap(all, Integer.BYTES, length - Integer.BYTES) : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static byte[] block(ByteBuffer from) {
    byte[] block = new byte[from.getInt()];
    from.get(block);
    return block;
  }

  /**
   * Notes for the graph that a program was recalled; does nothing where that cannot be written, or
   * too many wait already.
   */
  public void note(Key key, RunFacts facts, double seconds) {
    if (filesIn(recalls).size() >= MOST_NOTES) {
      return;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ChangeWriter out = new ChangeWriter(bytes);
      out.run(new GraphChange.Run(0, facts, seconds, "recalled"));
      out.used(new GraphChange.Used(0, key, 1));
      Files.createDirectories(recalls);
      String name = uniqueName();
      publish(recalls.resolve("." + name), bytes.toByteArray(), recalls.resolve(name));
    } catch (IOException e) {
      // The run is as good without a note of it.
    }
  }

  /** True when a program was kept, whether or not there is a graph by now. */
  public boolean areThere() {
    return Files.isDirectory(programs);
  }

  /** Keeps a program where there is no graph yet. */
  void keep(Key key, Program program) throws IOException {
    keep(key, program, draftOf(fileOf(key)));
  }

  private static Path draftOf(Path file) {
    return file.resolveSibling("." + uniqueName());
  }

  /** Keeps a program; what was there under its key goes. */
  void keep(Key key, Program program, Path draft) throws IOException {
    ByteArrayOutputStream changes = new ByteArrayOutputStream();
    ChangeWriter writer = new ChangeWriter(changes);
    for (Program.LeftTrace trace : program.traces()) {
      byte[] text = TraceBytes.of(trace.text());
      writer.write(new GraphChange.TraceText(0, trace.name(), trace.key(), text));
    }
    for (Program.LeftScore score : program.scores()) {
      writer.write(new GraphChange.Scored(0, score.name(), score.model(), score.value()));
    }
    publish(draft, sealed(program.record(), changes.toByteArray()), fileOf(key));
  }

  /** Replaces the record of a program that is there; does nothing where that cannot be done. */
  public void refresh(Key key, byte[] record) {
    ByteBuffer parts = opened(key);
    if (parts == null) {
      return;
    }
    block(parts);
    try {
      Path file = fileOf(key);
      publish(draftOf(file), sealed(record, block(parts)), file);
    } catch (IOException e) {
      // What is there is as good, only slower.
    }
  }

  private static byte[] sealed(byte[] record, byte[] changes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(MAGIC);
    out.writeInt(record.length);
    out.write(record);
    out.writeInt(changes.length);
    out.write(changes);
    Key hash = ContentHash.of(bytes.toByteArray());
    out.writeLong(hash.high());
    out.writeLong(hash.low());
    return bytes.toByteArray();
  }

  private static String uniqueName() {
    return ProcessHandle.current().pid() + "-" + System.nanoTime();
  }

  private static void publish(Path draft, byte[] content, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    try {
      Files.write(draft, content);
      Files.move(
          draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  // ---- with the graph

  /** A run that was recalled and what the graph is to know of it. */
  record Recall(Path note, GraphChange.Run run, Key program, List<GraphChange> changes) {}

  /** Recalls that the graph does not have yet; notes that cannot be read go. */
  List<Recall> noted() {
    List<Recall> found = new ArrayList<>();
    for (Path note : filesIn(recalls)) {
      if (isDraft(note)) {
        continue;
      }
      try {
        found.add(read(note));
      } catch (NoSuchFileException e) {
        // Another process was faster.
      } catch (IOException e) {
        forget(note);
      }
    }
    return found;
  }

  private static boolean isDraft(Path note) {
    return note.getFileName().toString().startsWith(".");
  }

  /** True when {@link #noted} has something to look at. */
  boolean hasNotes() {
    return filesIn(recalls).stream().anyMatch(note -> !isDraft(note));
  }

  private Recall read(Path note) throws IOException {
    ChangeReader in = new ChangeReader(new ByteArrayInputStream(Files.readAllBytes(note)));
    if (!(in.next() instanceof GraphChange.Run run)
        || !(in.next() instanceof GraphChange.Used used)) {
      throw new IOException("no note of a recall");
    }
    List<GraphChange> changes = new ArrayList<>();
    ByteBuffer parts = opened(used.key());
    if (parts != null) {
      block(parts);
      ChangeReader left = new ChangeReader(new ByteArrayInputStream(block(parts)));
      for (GraphChange change = left.next(); change != null; change = left.next()) {
        changes.add(change);
      }
    }
    return new Recall(note, run, used.key(), changes);
  }

  static void forget(Path note) {
    try {
      Files.deleteIfExists(note);
    } catch (IOException e) {
      // Who opens the graph next tries again.
    }
  }

  /** Removes programs that are damaged or that the graph does not have; returns how many. */
  long removeUnless(Predicate<Key> isInGraph) throws IOException {
    long removed = 0;
    for (Path folder : filesIn(programs)) {
      for (Path file : filesIn(folder)) {
        Key key = ArtifactFiles.hashOf(file);
        if (key != null && (!isInGraph.test(key) || opened(key) == null)) {
          removed += Files.deleteIfExists(file) ? 1 : 0;
        }
      }
    }
    return removed;
  }

  /** Removes drafts of processes that are gone. */
  int removeAbandonedDrafts() throws IOException {
    List<Path> folders = new ArrayList<>(filesIn(programs));
    folders.add(recalls);
    int removed = 0;
    for (Path folder : folders) {
      for (Path file : filesIn(folder)) {
        String name = file.getFileName().toString();
        boolean isDraft = name.startsWith(".") && !ArtifactFiles.isOfLiveProcess(name.substring(1));
        removed += isDraft && Files.deleteIfExists(file) ? 1 : 0;
      }
    }
    return removed;
  }

  /** Programs whose files are damaged. */
  List<Key> damaged() {
    return filesIn(programs).stream()
        .flatMap(folder -> filesIn(folder).stream())
        .map(ArtifactFiles::hashOf)
        .filter(key -> key != null && opened(key) == null)
        .toList();
  }

  private static List<Path> filesIn(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
