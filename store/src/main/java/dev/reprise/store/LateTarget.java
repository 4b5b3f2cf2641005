package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Where the thread of a {@link RunLog} writes once a store is open, which it waits for: the run
 * itself does not. For that thread, but for {@link #keepAhead}.
 */
final class LateTarget implements RunTarget {
  private final NewStore place;
  private final Supplier<ExperimentStore> opening;
  private final RunFacts facts;

  /** Null until it was waited for. */
  private RunTarget opened;

  /**
   * @param opening waits; throws {@link StoreException} when the store cannot be opened
   */
  LateTarget(NewStore place, Supplier<ExperimentStore> opening, RunFacts facts) {
    this.place = place;
    this.opening = opening;
    this.facts = facts;
  }

  private RunTarget opened() {
    if (opened == null) {
      opened = new FolderTarget(opening.get(), facts);
    }
    return opened;
  }

  @Override
  public String name() {
    return place.name();
  }

  @Override
  public void awaitOpen() {
    opened();
  }

  @Override
  public boolean isShared() {
    return place.isShared();
  }

  @Override
  public boolean isGone() {
    return opened == null ? place.isGone() : opened.isGone();
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
    place.keepProgram(key, program);
  }

  @Override
  public void write(Batch batch) throws IOException {
    opened().write(batch);
  }
}
