package dev.reprise.server;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.store.Artifact;
import dev.reprise.store.Content;
import dev.reprise.store.ContentOutput;
import dev.reprise.store.RunFacts;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.ServerAddress;
import dev.reprise.store.StoreConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * A server with tenants, and clients of it. Its time is what a test says: a client that the machine
 * stops for a while is not silent.
 */
final class TestServer implements AutoCloseable {
  static final long QUOTA = 50L << 20;

  final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  final AtomicLong nanos = new AtomicLong();
  final List<String> told = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Path folder;
  private final DatabaseAddress database;
  private final int takingSeconds;
  private StoreServer server;

  TestServer(Postgres.Databases databases, Path folder) throws Exception {
    this(databases.withTables(), folder);
  }

  /** On a database that may have tables already. */
  TestServer(DatabaseAddress database, Path folder) {
    this(database, folder, 600);
  }

  /** For clients that have so long to take an answer; else as long as a busy machine needs. */
  TestServer(DatabaseAddress database, Path folder, int takingSeconds) {
    this.takingSeconds = takingSeconds;
    this.folder = folder;
    this.database = database;
    start(0);
    authority().createTenant("ada", QUOTA, null);
    authority().createTenant("bob", QUOTA, null);
  }

  private void start(int port) {
    server =
        StoreServer.start(
            new StoreServer.Config(
                database,
                folder,
                new InetSocketAddress("localhost", port),
                // Who sends slowly is to be left while a test waits for it, but no client whose
                // machine stands still for a while: what it sends anew is not taken then.
                new ServerLimits(30, takingSeconds, 500, 256),
                now::get,
                nanos::get,
                new PrintStream(log, true, StandardCharsets.UTF_8)));
  }

  Authority authority() {
    return server.authority();
  }

  DatabaseAddress database() {
    return database;
  }

  Path folder() {
    return folder;
  }

  String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  String token(String tenant) {
    return authority().createToken(tenant, "test", Duration.ofDays(1));
  }

  int port() {
    return server.address().getPort();
  }

  ServerAddress address(String token) {
    return address(port(), token);
  }

  /** An address for clients that wait as long as a busy machine needs. */
  static ServerAddress address(int port, String token) {
    Duration most = Duration.ofMinutes(10);
    return new ServerAddress(URI.create("http://localhost:" + port), token)
        .withPatience(new ServerAddress.Patience(most, most));
  }

  /** The same, for a client that goes through something. */
  RunStore client(String tenant, Tap through) {
    return RunStore.open(StoreConfig.of(through.address(token(tenant))), told::add);
  }

  /** A client of a tenant with a token of its own. */
  RunStore client(String tenant) {
    return RunStore.open(StoreConfig.of(address(token(tenant))), told::add);
  }

  @Override
  public void close() {
    server.close();
  }

  // ---- what clients do

  static Key key(long number) {
    return ContentHash.of(MemorySegment.ofArray(new long[] {number}));
  }

  static RunFacts facts(String script) {
    return new RunFacts("ada", "host", script, "", "1", 1_000);
  }

  /** Bytes that follow from a number. */
  static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Content content(byte[] bytes) {
    return new Content() {
      @Override
      public long bytes() {
        return bytes.length;
      }

      @Override
      public Written writeTo(ContentOutput out) throws IOException {
        for (ByteBuffer all = ByteBuffer.wrap(bytes); all.hasRemaining(); ) {
          out.write(all);
        }
        return new Written(ContentHash.of(MemorySegment.ofArray(bytes)), bytes.length);
      }

      @Override
      public void release() {}
    };
  }

  /** Rows of the tables below: two blocks of each column. */
  static final int ROWS = 70_000;

  private static final int HEADER = 33;

  /** The bytes of a dense matrix, of columns that follow from their numbers. */
  static byte[] table(int... columns) {
    return tableOf(ROWS, columns);
  }

  /** The same with another number of rows. */
  static byte[] tableOf(int rows, int... columns) {
    long bytes = 8L * rows * columns.length;
    ByteBuffer out =
        ByteBuffer.allocate((int) (HEADER + bytes)).order(ByteOrder.LITTLE_ENDIAN).put((byte) 'M');
    out.putInt(1).putInt(8).putLong(rows).putLong(columns.length).putLong(bytes);
    SplittableRandom[] randoms =
        Arrays.stream(columns).mapToObj(SplittableRandom::new).toArray(SplittableRandom[]::new);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns.length; column++) {
        // Columns with negative numbers are of zeros and ones.
        out.putLong(columns[column] < 0 ? row % 3 / 2 : randoms[column].nextLong());
      }
    }
    return out.array();
  }

  /** A run that offers one table, handing its cells over at once as the engine does. */
  static RunLog offerTable(RunStore store, int number, int... columns) {
    return offerTableOf(store, number, ROWS, columns);
  }

  static RunLog offerTableOf(RunStore store, int number, int rows, int... columns) {
    byte[] all = tableOf(rows, columns);
    RunLog log = store.begin(facts("a.dml"), 1L << 30);
    try (log) {
      log.offer(key(number), key(number), 1L << 40, new Cells(all, rows, columns.length));
      log.ended("finished", 0.5);
    }
    return log;
  }

  private record Cells(byte[] all, int rows, int columns) implements Content {
    @Override
    public long bytes() {
      return all.length;
    }

    @Override
    public Written writeTo(ContentOutput out) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(all);
      out.write(bytes.limit(HEADER));
      bytes.limit(all.length);
      if (out.takesCells(rows, columns, 8)) {
        out.cells(MemorySegment.ofArray(all).asSlice(HEADER), rows, columns, 8);
      } else {
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      return new Written(ContentHash.of(all), all.length);
    }

    @Override
    public void release() {}
  }

  /** Every file of a kind below the folder of contents. */
  List<Path> files(String kind) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toString().contains(kind))
          .toList();
    }
  }

  /** Stops as if killed, and starts anew on the same database and folder. */
  void restart() {
    int port = port();
    server.close();
    start(port);
  }

  /** A run that offers contents of a length, each under the key of its number. */
  static RunLog offer(RunStore store, int length, int... numbers) {
    RunLog log = store.begin(facts("a.dml"), 1L << 30);
    try (log) {
      for (int number : numbers) {
        log.offer(key(number), key(number), 1_000L * number, content(bytes(length, number)));
      }
      log.ended("finished", 0.5);
    }
    return log;
  }

  /** The content of a number as a store has it, or null. */
  static byte[] load(RunStore store, int number) throws IOException {
    Artifact artifact = store.find(key(number));
    if (artifact == null) {
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      return store.contentOf(artifact, arena).toArray(ValueLayout.JAVA_BYTE);
    }
  }
}
