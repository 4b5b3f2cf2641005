package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Writes a run into the store of a folder. */
final class FolderTarget implements RunTarget {
  private final ExperimentStore store;
  private final RunFacts facts;

  /** Its number, 0 before anything was written. */
  private long run;

  FolderTarget(ExperimentStore store, RunFacts facts) {
    this.store = store;
    this.facts = facts;
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public boolean isShared() {
    return store.isShared();
  }

  @Override
  public boolean isGone() {
    return store.isGone();
  }

  @Override
  public boolean has(Key key) {
    return store.find(key) != null;
  }

  @Override
  public Path draft() {
    return store.files().draft();
  }

  @Override
  public FileChannel openDraft(Path draft) throws IOException {
    return store.files().openDraft(draft);
  }

  @Override
  public PieceWriter pieces() {
    return store.contents().newPieces();
  }

  @Override
  public void remove(Artifact artifact) {
    store.removeDamaged(artifact);
  }

  @Override
  public void keepProgram(Key key, Program program) {
    try {
      store.programs().keep(key, program, store.files().draft());
    } catch (IOException e) {
      // The graph has it; whoever recalls it without the graph computes it again.
    }
  }

  @Override
  public void keepAhead(Key key, Program program) {
    keepProgram(key, program);
  }

  @Override
  public void write(Batch batch) throws IOException {
    long[] begun = {run};
    try {
      store
          .database()
          .change(session -> {
            Updates updates = new Updates(session, store, run);
            if (run == 0) {
              begun[0] = updates.begin(facts);
            }
            try {
              batch.applyTo(updates);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return null;
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    run = begun[0];
    store.keepWithinBudget(run);
  }
}
