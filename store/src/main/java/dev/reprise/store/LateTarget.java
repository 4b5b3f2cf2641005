package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Where the thread of a {@link RunLog} writes once a store is open, which it waits for: the run
 * itself does not. For that thread.
 */
final class LateTarget implements RunTarget {
  private final String name;
  private final Supplier<RunTarget> opening;

  /** Null until it was asked for. */
  private RunTarget opened;

  /**
   * @param opening waits; throws {@link StoreException} when the store cannot be opened
   */
  LateTarget(String name, Supplier<RunTarget> opening) {
    this.name = name;
    this.opening = opening;
  }

  private RunTarget opened() {
    if (opened == null) {
      opened = opening.get();
    }
    return opened;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void awaitOpen() {
    opened();
  }

  @Override
  public boolean isGone() {
    return opened().isGone();
  }

  @Override
  public boolean has(Key key) {
    return opened().has(key);
  }

  @Override
  public Path draft() throws IOException {
    return opened().draft();
  }

  @Override
  public FileChannel openDraft(Path draft) throws IOException {
    return opened().openDraft(draft);
  }

  @Override
  public PieceWriter pieces() {
    return opened().pieces();
  }

  @Override
  public void remove(Artifact artifact) {
    opened().remove(artifact);
  }

  @Override
  public void keepProgram(Key key, Program program) throws IOException {
    opened().keepProgram(key, program);
  }

  @Override
  public void keepAhead(Key key, Program program) {
    opening.get().keepAhead(key, program);
  }

  @Override
  public void write(Batch batch) throws IOException {
    opened().write(batch);
  }
}
