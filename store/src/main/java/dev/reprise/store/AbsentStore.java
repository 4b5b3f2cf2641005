package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * In the place of a store that lies on a disk without any room, where it cannot be opened: has
 * nothing and takes nothing, so that the run goes on. Thread-safe.
 */
final class AbsentStore implements RunStore {
  private final Path folder;
  private final StoreException why;

  AbsentStore(Path folder, StoreException why) {
    this.folder = folder;
    this.why = why;
  }

  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public boolean isReadOnly() {
    return true;
  }

  @Override
  public boolean isBarren() {
    return true;
  }

  @Override
  public Artifact find(Key key) {
    return null;
  }

  @Override
  public Path fileOf(Artifact artifact) {
    return folder;
  }

  @Override
  public MemorySegment contentOf(Artifact artifact, Arena arena) throws NoSuchFileException {
    throw new NoSuchFileException(folder.toString());
  }

  @Override
  public byte[] region(Key key) {
    return null;
  }

  /**
   * @throws StoreException always
   */
  @Override
  public ExperimentSource experiments() {
    throw why;
  }

  @Override
  public StoreClaim tryClaim(Key key) {
    return null;
  }

  @Override
  public RunLog begin(RunFacts facts, long queueBytes) {
    return null;
  }

  @Override
  public StoreException problem() {
    return why;
  }

  @Override
  public void close() {
    // It was never opened.
  }
}
