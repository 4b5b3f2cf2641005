package dev.reprise.store;

import static dev.reprise.store.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.store.StoreFixture.Bytes;
import dev.reprise.store.exchange.ArchiveReader;
import dev.reprise.store.exchange.ArchiveWriter;
import dev.reprise.store.exchange.ChangeReader;
import dev.reprise.store.exchange.ChangeWriter;
import dev.reprise.store.exchange.GraphChange;
import dev.reprise.store.exchange.MalformedChangeException;
import dev.reprise.store.exchange.Merge;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store in one file, and back. */
class ArchiveTest {
  private static final int LARGE = 100_000;

  @TempDir private Path folder;

  private ExperimentStore open(String name) {
    return ExperimentStore.open(StoreConfig.of(folder.resolve(name)));
  }

  /** A run that leaves something of every kind. */
  private static void fill(ExperimentStore store, String script, int from) {
    RunFacts facts = new RunFacts("ada", "host", script, "x=1", "1", 1_000 + from);
    try (RunLog log = store.begin(facts, 1L << 30)) {
      DeviceCost cost = new DeviceCost("cpu", 1, 400 + from);
      Vertex vertex = new Vertex(key(900), "tsmm", List.of(key(2), key(3), key(2)), 500, 80, cost);
      log.seen(() -> List.of(vertex));
      log.measured(key(900), new DeviceCost("opencl:pocl", 1, 30));
      log.offer(key(from), key(900), 1_000_000_000L, new Bytes(100, from));
      log.offer(key(from + 1), key(901), 1_000_000_000L, new Bytes(LARGE, from + 1));
      log.offer(key(from + 2), key(902), 1_000_000_000L, new Bytes(LARGE, from + 1));
      log.region(key(from + 5), () -> new byte[] {1, 2, 3}, 1_000_000_000L);
      log.trace("model.csv", key(9), () -> "the text");
      log.score("r2", key(9), 0.75);
      log.used(key(from + 1));
      log.ended("finished", 1.25);
    }
  }

  private Path export(String name) throws IOException {
    Path file = folder.resolve(name + ".archive");
    try (ExperimentStore store = open(name);
        ArchiveWriter writer = new ArchiveWriter(file)) {
      new FolderGraph(store).giveTo(writer);
      writer.finish();
    }
    return file;
  }

  private Merge.Summary importInto(String name, Path archive) throws IOException {
    try (ExperimentStore store = open(name)) {
      Merge merge = new Merge(new FolderGraph(store));
      new ArchiveReader(archive).giveTo(merge);
      merge.finish();
      assertThat(new Inspection(store).run(false).problems()).isEmpty();
      assertThat(store.files().all()).allMatch(file -> ArtifactFiles.hashOf(file) != null);
      return merge.summary();
    }
  }

  private List<Object> everythingOf(String name) {
    try (ExperimentStore store = open(name)) {
      Experiments experiments = new Experiments(store);
      return List.of(
          experiments.totals(),
          experiments.devices(),
          experiments.costsOf(List.of(key(900))),
          experiments.runs(99),
          experiments.artifacts(0, 99),
          experiments.traces(1),
          experiments.trace(1, "model.csv"),
          Arrays.toString(store.region(key(15))),
          store.region(key(16)) == null);
    }
  }

  @Test
  void whatComesOutOfAnArchiveIsWhatWentIntoIt() throws IOException {
    try (ExperimentStore store = open("a")) {
      fill(store, "a.dml", 10);
    }
    Path archive = export("a");
    // Contents that artifacts share are in it once.
    assertThat(Files.size(archive)).isLessThan(LARGE + 10_000);
    assertThat(importInto("b", archive)).isEqualTo(new Merge.Summary(1, 1, 3, 0));
    assertThat(everythingOf("b")).isEqualTo(everythingOf("a"));
    Path again = export("b");
    assertThat(Files.mismatch(archive, again)).isEqualTo(-1);
  }

  @Test
  void anArchiveOfAnOlderVersionIsTakenAndOneOfANewerRefused() throws IOException {
    Path archive = folder.resolve("old.archive");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes("reprise store 1\n".getBytes(StandardCharsets.US_ASCII));
    ChangeWriter changes = new ChangeWriter(all);
    all.write(1);
    changes.write(new GraphChange.Run(7, StoreFixture.facts(), 0.5, "finished"));
    all.write(1);
    Vertex vertex = new Vertex(key(1), "tsmm", List.of(key(2)), 500, 80);
    changes.write(new GraphChange.Seen(7, vertex, 3));
    all.write(0);
    Files.write(archive, sealed(all.toByteArray()));
    assertThat(importInto("a", archive)).isEqualTo(new Merge.Summary(1, 1, 0, 0));
    try (ExperimentStore store = open("a")) {
      assertThat(store.costsOf(List.of(key(1))).get(key(1)))
          .isEqualTo(new MeasuredCosts(500, List.of()));
    }
    byte[] newer = all.toByteArray();
    newer["reprise store ".length()] = '3';
    Files.write(archive, sealed(newer));
    assertThatThrownBy(() -> new ArchiveReader(archive)).hasMessageContaining("another version");
  }

  private static byte[] sealed(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      byte[] all = Arrays.copyOf(bytes, bytes.length + digest.length);
      System.arraycopy(digest, 0, all, bytes.length, digest.length);
      return all;
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void costsThatCannotBeAreRefused() throws IOException {
    for (long[] wrong : new long[][] {{0, 5}, {5, 0}, {-1, 5}, {1L << 60, 5}, {5, 1L << 60}}) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ChangeWriter out = new ChangeWriter(bytes);
      out.text("cpu");
      out.number(wrong[0]);
      out.number(wrong[1]);
      ChangeReader in = new ChangeReader(new ByteArrayInputStream(bytes.toByteArray()));
      assertThatThrownBy(in::cost).isInstanceOf(MalformedChangeException.class);
    }
  }

  @Test
  void importingTwiceAddsNothingAndTwoStoresBecomeOne() throws IOException {
    try (ExperimentStore store = open("a")) {
      fill(store, "a.dml", 10);
    }
    try (ExperimentStore store = open("b")) {
      fill(store, "b.dml", 20);
    }
    importInto("b", export("a"));
    List<Object> merged = everythingOf("b");
    assertThat(importInto("b", export("a"))).isEqualTo(new Merge.Summary(0, 0, 0, 3));
    assertThat(everythingOf("b")).isEqualTo(merged);
    try (ExperimentStore store = open("b")) {
      assertThat(new Experiments(store).totals())
          .isEqualTo(new Experiments.Totals(2, 1, 3, 6, 2 * (LARGE + 100), 2));
      long frequency =
          store
              .database()
              .ask(session -> {
                try (var row = session.prepared("SELECT frequency FROM vertex").executeQuery()) {
                  return row.next() ? row.getLong(1) : 0;
                }
              });
      assertThat(frequency).isEqualTo(2);
    }
  }

  @Test
  void theBudgetOfTheTargetHolds() throws IOException {
    try (ExperimentStore store = open("a")) {
      fill(store, "a.dml", 10);
    }
    Path archive = export("a");
    StoreConfig small = StoreConfig.of(folder.resolve("c")).withBudgetBytes(1_000);
    try (ExperimentStore store = ExperimentStore.open(small)) {
      Merge merge = new Merge(new FolderGraph(store));
      new ArchiveReader(archive).giveTo(merge);
      merge.finish();
      assertThat(store.artifactBytes()).isLessThanOrEqualTo(1_000);
    }
  }

  @Test
  void aDamagedOrShortenedArchiveIsRefusedBeforeAnythingIsRead() throws IOException {
    try (ExperimentStore store = open("a")) {
      fill(store, "a.dml", 10);
    }
    Path archive = export("a");
    byte[] good = Files.readAllBytes(archive);
    for (int position = 0; position < good.length; position += good.length / 37) {
      byte[] bad = good.clone();
      bad[position] ^= 4;
      Files.write(archive, bad);
      assertThatThrownBy(() -> new ArchiveReader(archive))
          .isInstanceOf(MalformedChangeException.class)
          .hasMessageContaining(archive.toString());
      Files.write(archive, Arrays.copyOf(good, position));
      assertThatThrownBy(() -> new ArchiveReader(archive))
          .isInstanceOf(MalformedChangeException.class);
    }
  }

  @Test
  void anExportThatFailsLeavesWhatWasThere() throws IOException {
    try (ExperimentStore store = open("a")) {
      fill(store, "a.dml", 10);
    }
    Path archive = export("a");
    byte[] before = Files.readAllBytes(archive);
    try (ExperimentStore store = open("a")) {
      for (Path file : store.files().all()) {
        Files.write(file, new byte[3]);
      }
    }
    assertThatThrownBy(() -> export("a")).hasMessageContaining("fsck --mend");
    assertThat(Files.readAllBytes(archive)).isEqualTo(before);
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("a", "a.archive");
    }
  }
}
