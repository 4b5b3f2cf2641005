package dev.reprise.bench;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.store.Artifact;
import dev.reprise.store.Content;
import dev.reprise.store.ContentOutput;
import dev.reprise.store.ExperimentStore;
import dev.reprise.store.Experiments;
import dev.reprise.store.RunFacts;
import dev.reprise.store.RunLog;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.Vertex;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * An experiment store of a million values with two inputs each, of which every tenth is kept.
 * Targets: open in less than 200 ms, probe in less than 50 us.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class StoreBenchmark {
  private static final int ENTRIES = 1_000_000;
  private static final int KEPT_OF = 10;
  private static final int BYTES = 200;

  private final SplittableRandom random = new SplittableRandom(7);
  private Path folder;
  private ExperimentStore store;

  private static Key key(long number) {
    return ContentHash.of(MemorySegment.ofArray(new long[] {number}));
  }

  private record Bytes(byte[] content) implements Content {
    @Override
    public long bytes() {
      return content.length;
    }

    @Override
    public Written writeTo(ContentOutput out) throws IOException {
      out.write(ByteBuffer.wrap(content));
      return new Written(ContentHash.of(MemorySegment.ofArray(content)), content.length);
    }

    @Override
    public void release() {}
  }

  /** Fills the store as a run would that may take whatever time it needs for writing. */
  @Setup
  public void fill() throws IOException {
    folder = Files.createTempDirectory("reprise-store");
    store = ExperimentStore.open(StoreConfig.of(folder).withWritingShare(Integer.MAX_VALUE));
    try (RunLog log =
        store.begin(new RunFacts("bench", "here", "none", "", "1", 0), Long.MAX_VALUE)) {
      for (int i = 0; i < ENTRIES; i++) {
        int at = i;
        List<Key> inputs = new ArrayList<>();
        for (int input = 0; input < 2 && at > 1; input++) {
          inputs.add(key(random.nextInt(at)));
        }
        log.seen(() -> List.of(new Vertex(key(at), "matmul", inputs, 1_000_000, BYTES)));
        if (i % KEPT_OF == 0) {
          byte[] content = new byte[BYTES];
          ByteBuffer.wrap(content).putInt(i);
          log.offer(key(i), key(i), 1_000_000, new Bytes(content));
        }
      }
    }
    Experiments.Totals totals = new Experiments(store).totals();
    if (totals.vertices() < ENTRIES || totals.artifacts() < ENTRIES / KEPT_OF) {
      throw new IllegalStateException("the store was not filled: " + totals);
    }
  }

  /** Removes it. */
  @TearDown
  public void remove() throws IOException {
    store.close();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** A value that is kept, with its content. */
  @Benchmark
  public Artifact found() {
    return store.find(key((long) random.nextInt(ENTRIES / KEPT_OF) * KEPT_OF));
  }

  /** A value that is not. */
  @Benchmark
  public Artifact absent() {
    return store.find(key(ENTRIES + random.nextInt(ENTRIES)));
  }

  /** Opening, one question and closing. */
  @Benchmark
  public Artifact openAskAndClose() {
    try (ExperimentStore opened = ExperimentStore.open(StoreConfig.of(folder))) {
      return opened.find(key(0));
    }
  }
}
