package dev.reprise.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.server.Leases.Client;
import dev.reprise.store.Layout;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much may be on its way, and what becomes of an upload that is replaced while it goes on. */
class UploadRoomTest {
  private static final long SPACE = 1;
  private static final Client CLIENT = new Client(SPACE, "a");
  private static final Client OTHER = new Client(SPACE, "b");
  private static final byte[] CONTENT = TestServer.bytes(100_000, 3);
  private static final Key HASH = ContentHash.of(CONTENT);
  private static final long MOST = 1L << 40;

  @TempDir private Path folder;
  private SpaceContents contents;

  @BeforeEach
  void open() throws IOException {
    contents = new SpaceContents(folder, System::nanoTime);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("drafts"))) {
      return all.filter(file -> !file.equals(folder.resolve("drafts"))).toList();
    }
  }

  private static Layout layout() {
    return new Layout(new byte[0], CONTENT.length, 1, 1, Layout.PIECE_BYTES, List.of(HASH));
  }

  @Test
  void ofManyWhoComeAtOnceNoMoreGetAPlaceThanThereIsRoomFor() throws Exception {
    UploadRoom room = new UploadRoom(Long.MAX_VALUE);
    List<Callable<UploadRoom.Place>> all = new ArrayList<>();
    for (int i = 0; i < 2 * UploadRoom.MOST_UPLOADS; i++) {
      all.add(() -> room.enter(SPACE, 10, UploadRoom.MOST_HELD_BYTES / 100, MOST));
    }
    List<UploadRoom.Place> places = new ArrayList<>();
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<UploadRoom.Place> each : pool.invokeAll(all)) {
        places.add(each.get());
      }
    }
    assertThat(places.stream().filter(Objects::nonNull)).hasSize(100);
    // Those that hold no memory still have places, up to a number, and so has another space.
    for (int i = 100; i < UploadRoom.MOST_UPLOADS; i++) {
      assertThat(room.enter(SPACE, 10, 0, MOST)).isNotNull();
    }
    assertThat(room.enter(SPACE, 10, 0, MOST)).isNull();
    assertThat(room.enter(SPACE + 1, 10, UploadRoom.MOST_HELD_BYTES, MOST)).isNotNull();
    UploadRoom.Place one = places.stream().filter(Objects::nonNull).findFirst().orElseThrow();
    one.leave();
    one.leave();
    assertThat(room.enter(SPACE, 10, 1, MOST)).isNotNull();
    assertThat(room.enter(SPACE, 10, 1, MOST)).isNull();
  }

  @Test
  void whatIsAnnouncedAndWhatAllSpacesHoldIsLimitedAndOneLayoutFitsInAnyCase() {
    UploadRoom room = new UploadRoom(1_000);
    assertThat(room.enter(1, 101, 0, 100)).isNull();
    assertThat(room.enter(1, 60, 0, 100)).isNotNull();
    assertThat(room.enter(1, 41, 0, 100)).isNull();
    assertThat(room.enter(1, Long.MAX_VALUE, 0, Long.MAX_VALUE)).isNotNull();
    assertThat(room.enter(2, 1, 5_000, 100)).isNotNull();
    assertThat(room.enter(3, 1, 1, 100)).isNull();
    assertThat(room.enter(3, 1, 0, 100)).isNotNull();
  }

  /** What another thread does meanwhile: whoever holds a lock gets it again. */
  private static <T> T elsewhere(Callable<T> work) throws IOException {
    try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
      return other.submit(work).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException(e);
    }
  }

  @Test
  void oneThatIsReplacedWhileItGoesOnIsDroppedByWhoeverWorksOnIt() throws Exception {
    assertThat(contents.begin(CLIENT, HASH, CONTENT.length, MOST)).isTrue();
    InputStream replacing =
        new InputStream() {
          private final InputStream bytes = new ByteArrayInputStream(CONTENT);
          private boolean isReplaced;

          @Override
          public int read() {
            throw new IllegalStateException("bytes are read together");
          }

          @Override
          public int read(byte[] into, int from, int length) throws IOException {
            if (!isReplaced) {
              isReplaced = true;
              assertThat(elsewhere(() -> contents.begin(CLIENT, HASH, layout(), 100, MOST)))
                  .isNotNull();
              // What is written to stays until its writer is done.
              assertThat(files()).anyMatch(file -> file.endsWith("1"));
            }
            return bytes.read(into, from, length);
          }
        };
    contents.add(CLIENT, HASH, 0, replacing);
    assertThat(files()).noneMatch(file -> file.toString().contains("drafts/1"));
    assertThat(files()).anyMatch(file -> file.toString().contains("drafts/2"));
    // It is the second one that the client has now.
    assertThat(contents.taken(CLIENT, HASH, CONTENT.length)).isNull();
    assertThat(files()).isEmpty();
    assertThat(contents.check(CLIENT, HASH).part()).isEqualTo(Upload.Part.UNEXPECTED);
  }

  @Test
  void oneThatWasTakenOverKeepsItsFilesUntilItsOwnerDropsIt() throws Exception {
    contents.begin(CLIENT, HASH, CONTENT.length, MOST);
    contents.add(CLIENT, HASH, 0, new ByteArrayInputStream(CONTENT));
    Upload taken = contents.taken(CLIENT, HASH, CONTENT.length);
    assertThat(contents.add(CLIENT, HASH, 0, new ByteArrayInputStream(CONTENT)))
        .isEqualTo(Upload.Part.UNEXPECTED);
    assertThat(contents.begin(CLIENT, HASH, CONTENT.length, MOST)).isTrue();
    assertThat(taken.whole()).hasBinaryContent(CONTENT);
    taken.drop();
    taken.drop();
    contents.taken(CLIENT, HASH, 1);
    assertThat(files()).isEmpty();
  }

  @Test
  void whatCannotBeginLeavesNeitherFilesNorAPlace() throws Exception {
    // A file where the folder of its pieces would be.
    Path inTheWay = Files.createFile(folder.resolve("drafts/1.pieces"));
    long most = UploadRoom.MOST_HELD_BYTES / 12;
    assertThatThrownBy(() -> contents.begin(CLIENT, HASH, layout(), most, MOST))
        .isInstanceOf(IOException.class);
    assertThat(inTheWay).doesNotExist();
    assertThat(contents.begin(CLIENT, HASH, layout(), most, MOST)).isNotNull();
    assertThat(contents.begin(OTHER, HASH, layout(), most, MOST)).isNull();
    contents.taken(CLIENT, HASH, 1);
    assertThat(files()).isEmpty();
  }

  @Test
  void whoFindsAllPermitsTakenIsToldToGoOnAskingAndIsNotForgotten() throws Exception {
    contents.begin(CLIENT, HASH, layout(), 100, MOST);
    assertThat(contents.checks().tryAcquire(SPACE, 2, 0)).isTrue();
    try {
      assertThat(contents.checks().tryAcquire(SPACE, 1, 0)).isFalse();
      assertThat(contents.checks().tryAcquire(SPACE + 1, 2, 0)).isTrue();
      assertThat(contents.checks().tryAcquire(SPACE + 2, 1, 0)).isFalse();
      SpaceContents.Progress progress = contents.check(CLIENT, HASH);
      assertThat(progress.part()).isEqualTo(Upload.Part.TAKEN);
      assertThat(progress.complete()).isFalse();
      assertThat(progress.wanted()).isEmpty();
      assertThat(contents.check(OTHER, HASH).part()).isEqualTo(Upload.Part.UNEXPECTED);
      contents.checks().release(SPACE + 1, 2);
    } finally {
      contents.checks().release(SPACE, 2);
    }
    assertThat(contents.check(CLIENT, HASH).wanted()).containsExactly(HASH);
  }
}
