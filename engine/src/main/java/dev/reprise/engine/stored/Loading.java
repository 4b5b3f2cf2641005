package dev.reprise.engine.stored;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.ValueContent;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import dev.reprise.store.Artifact;
import dev.reprise.store.DamagedContentException;
import dev.reprise.store.RunStore;
import dev.reprise.store.TableContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Makes values of contents that the store has, comparing each with its fingerprint. What is damaged
 * counts as absent, and is told of so that it is replaced. Thread-safe.
 */
public final class Loading {
  /** What finding and opening costs besides reading; measured on SSDs. */
  private static final long FILE_NANOS = 150_000;

  private static final long INLINE_NANOS = 30_000;

  /** Mapped reading with the check of its fingerprint. */
  private static final double NANOS_PER_BYTE = 0.7;

  private final StoreOpening opening;
  private final HostMemory memory;
  private final Offers offers;
  private final UseCounts counts;

  Loading(StoreOpening opening, HostMemory memory, Offers offers, UseCounts counts) {
    this.opening = opening;
    this.memory = memory;
    this.offers = offers;
    this.counts = counts;
  }

  /** Estimated nanoseconds of loading an artifact. */
  public static long nanos(Artifact artifact) {
    return (long) nanos(artifact.bytes());
  }

  /** What loading so many bytes would cost. */
  static double nanos(long bytes) {
    return bytes <= Artifact.LARGEST_INLINE_BYTES
        ? INLINE_NANOS
        : FILE_NANOS + NANOS_PER_BYTE * bytes;
  }

  /** The value of an artifact, with a reference for the receiver; null as below. Counts a hit. */
  Value found(LineageItem item, Artifact artifact) {
    Value value = deferred(item, artifact);
    if (value != null) {
      counts.hits.increment();
    }
    return value;
  }

  /**
   * The value of an artifact, which has been counted, with a reference for the receiver; null when
   * it is damaged or cannot be read now.
   */
  public Value deferred(LineageItem item, Artifact artifact) {
    long start = System.nanoTime();
    Value value = model(item, artifact);
    if (value != null) {
      counts.savedNanos.add(Math.max(0, artifact.costNanos() - (System.nanoTime() - start)));
    }
    return value;
  }

  /** Likewise, of a value that saves no work. */
  Value model(LineageItem item, Artifact artifact) {
    Value value;
    try {
      value = memory.run(() -> content(artifact));
    } catch (FormatException e) {
      counts.damaged.increment();
      offers.damaged(artifact);
      return null;
    } catch (UncheckedIOException | ResourceException e) {
      // It may be fine, but not now and here: no room, no right, a run that is told to stop.
      return null;
    }
    counts.loadedBytes.add(artifact.bytes());
    offers.loaded(item, artifact, value);
    return value;
  }

  /**
   * All outputs of an operation that has several, as a list with a reference for the receiver; null
   * unless the store has each of them.
   *
   * @param looking finds the artifact of an output's item
   */
  Value outputs(
      LineageItem item, Questions.Deferral deferral, Function<LineageItem, Artifact> looking) {
    LineageItem[] items = OutputsOfOne.items(item);
    Artifact[] artifacts = new Artifact[items.length];
    for (int i = 0; i < items.length; i++) {
      artifacts[i] = looking.apply(items[i]);
      if (artifacts[i] == null) {
        return null;
      }
    }
    List<Value> values = new ArrayList<>(items.length);
    try {
      for (int i = 0; i < items.length; i++) {
        Value later = artifacts[i].isInline() ? null : deferral.of(items[i], artifacts[i]);
        Value value = later == null ? found(items[i], artifacts[i]) : later;
        if (value == null) {
          return null;
        }
        values.add(value);
      }
      ListValue list = new ListValue(List.of(), List.copyOf(values));
      values.clear();
      return list;
    } finally {
      values.forEach(Value::release);
    }
  }

  /**
   * The value of an artifact.
   *
   * @throws FormatException when its content is not what it was
   */
  private Value content(Artifact artifact) {
    ValueContent.Fingerprint expected =
        new ValueContent.Fingerprint(
            artifact.hash().high(), artifact.hash().low(), artifact.bytes());
    RunStore store = opening.store();
    Path file = store.fileOf(artifact);
    try (Arena arena = Arena.ofConfined()) {
      TableContent table = store.tableOf(artifact);
      if (table != null) {
        return ValueContent.readTable(
            table.header(), table::cellsInto, expected, file, memory, ManagedMatrix::adopt);
      }
      MemorySegment content = store.contentOf(artifact, arena);
      return ValueContent.read(content, expected, file, memory, ManagedMatrix::adopt);
    } catch (InternalError e) {
      // What the JVM makes of a page of a mapped file that is no longer there.
      throw new FormatException(file.toString(), "the file became shorter while it was read");
    } catch (NoSuchFileException e) {
      throw new FormatException(file.toString(), "the file of an artifact is gone");
    } catch (DamagedContentException e) {
      throw new FormatException(file.toString(), e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
