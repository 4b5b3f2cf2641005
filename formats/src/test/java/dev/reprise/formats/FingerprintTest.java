package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.formats.onnx.Layer;
import dev.reprise.runtime.DenseMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {
  @TempDir Path folder;
  private FilesFixture files;

  @BeforeEach
  void open() {
    files = new FilesFixture(folder);
  }

  private String print(String name) {
    return files.files.fingerprint(new ReadRequest(name, folder, ReadOptions.none()));
  }

  @Test
  void sameContentHasTheSamePrintWhereverItLies() {
    files.put("a.csv", "1,2\n");
    files.put("deep/b.csv", "1,2\n");
    assertThat(print("a.csv")).matches("[0-9a-f]{32}").isEqualTo(print("deep/b.csv"));
  }

  @Test
  void anyByteOfDataOrStatedShapeChangesThePrint() {
    files.put("a.csv", "1,2\n");
    String first = print("a.csv");
    files.put("a.csv", "1,3\n");
    String second = print("a.csv");
    files.put("a.csv.mtd", "{\"sep\": \";\"}");
    String third = print("a.csv");
    assertThat(first).isNotEqualTo(second);
    assertThat(second).isNotEqualTo(third);
  }

  @Test
  void whenASidecarWasWrittenDoesNotMatter() {
    files.put("a.csv", "1,2\n");
    files.put("a.csv.mtd", "{\"rows\": 1, \"created\": \"yesterday\", \"author\": \"a\"}");
    String first = print("a.csv");
    files.put("a.csv.mtd", "{\"author\": \"b\", \"created\": \"today\", \"rows\": 1, \"nnz\": 2}");
    assertThat(print("a.csv")).isEqualTo(first);
  }

  @Test
  void theSameBytesInAnotherFormatHaveAnotherPrint() {
    files.put("a.csv", "1 1 5\n");
    files.put("a.txt", "1 1 5\n");
    assertThat(print("a.csv")).isNotEqualTo(print("a.txt"));
  }

  @Test
  void everyPartOfAFolderCounts() {
    files.put("a/part-0", "1,2\n");
    files.put("a/part-1", "3,4\n");
    String first = print("a");
    files.put("a/part-2", "");
    String second = print("a");
    files.put("a/part-1", "3,5\n");
    assertThat(first).isNotEqualTo(second);
    assertThat(second).isNotEqualTo(print("a"));
  }

  @Test
  void aFileTouchedJustNowIsNotRemembered() throws IOException {
    Path file = folder.resolve("a.csv");
    files.put("a.csv", "1,2\n");
    Instant touched = FileStamp.of(file).lastTouched();
    FingerprintCache young = new FingerprintCache(InstantSource.fixed(touched.plusSeconds(1)));
    young.hash(file, FileStamp.of(file));
    assertThat(young.size()).isZero();
    FingerprintCache settled = new FingerprintCache(InstantSource.fixed(touched.plusSeconds(3)));
    settled.hash(file, FileStamp.of(file));
    assertThat(settled.size()).isOne();
    settled.invalidate(folder);
    assertThat(settled.size()).isZero();
  }

  @Test
  void whatAModelNamesIsRememberedUnlessItWasTouchedJustNow() throws IOException {
    Layer.Weights one = new Layer.Weights(1, 1, new double[] {1});
    Layer layer = new Layer("affine", Map.of("W", one, "b", one), Map.of());
    WriteOptions options = WriteOptions.format("onnx");
    files.files.writeNetwork(List.of(layer), "m.onnx", folder, options);
    ReadRequest request = new ReadRequest("m.onnx", folder, ReadOptions.none());
    Instant touched = FileStamp.of(folder.resolve("m.onnx")).lastTouched();
    FingerprintCache young = new FingerprintCache(InstantSource.fixed(touched.plusSeconds(1)));
    String print = new DataFiles(young, 1).fingerprint(request);
    assertThat(young.models()).isZero();
    FingerprintCache settled = new FingerprintCache(InstantSource.fixed(touched.plusSeconds(3)));
    DataFiles known = new DataFiles(settled, 1);
    assertThat(known.fingerprint(request)).isEqualTo(print);
    assertThat(settled.models()).isOne();
    assertThat(known.fingerprint(request)).isEqualTo(print);
    settled.invalidate(folder);
    assertThat(settled.models()).isZero();
  }

  @Test
  void whileTheClockIsBehindAFileNothingOfItIsRemembered() throws IOException {
    Path file = folder.resolve("a.csv");
    files.put("a.csv", "1,2\n");
    FileStamp stamp = FileStamp.of(file);
    AtomicReference<Instant> now =
        new AtomicReference<>(stamp.lastTouched().minus(Duration.ofDays(365)));
    FingerprintCache cache = new FingerprintCache(now::get);
    var first = cache.hash(file, stamp);
    assertThat(cache.size()).isZero();
    // Nor is what was remembered before the clock jumped taken for a file that says other things.
    now.set(stamp.lastTouched().plusSeconds(99));
    cache.hash(file, stamp);
    assertThat(cache.size()).isOne();
    now.set(stamp.lastTouched().minus(Duration.ofDays(365)));
    files.put("a.csv", "1,3\n");
    Files.setLastModifiedTime(file, FileTime.from(now.get()));
    assertThat(cache.hash(file, FileStamp.of(file))).isNotEqualTo(first);
    assertThat(cache.size()).isZero();
  }

  @Test
  void aRememberedHashIsNotUsedOnceTheStampDiffers() throws IOException {
    Path file = folder.resolve("a.csv");
    files.put("a.csv", "1,2\n");
    FingerprintCache cache =
        new FingerprintCache(InstantSource.fixed(Instant.now().plusSeconds(99)));
    var first = cache.hash(file, FileStamp.of(file));
    Files.writeString(folder.resolve("b.csv"), "1,3\n");
    Files.setLastModifiedTime(folder.resolve("b.csv"), Files.getLastModifiedTime(file));
    Files.move(folder.resolve("b.csv"), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(cache.hash(file, FileStamp.of(file))).isNotEqualTo(first);
  }

  @Test
  void aStableReadReturnsValueAndPrintOfTheSameContent() {
    files.put("a.csv", "1,2\n");
    ReadResult result =
        files.files.readStable(
            new ReadRequest("a.csv", folder, ReadOptions.none()), files.allocator);
    assertThat(result.fingerprint()).isEqualTo(print("a.csv"));
    assertThat(((DenseMatrix) result.value()).get(0, 1)).isEqualTo(2);
  }

  @Test
  void aFileThatChangesWhileItIsReadIsReadAgain() {
    files.put("a.csv", "1,2\n");
    // The allocator is asked in the middle of a read: a forced interleaving.
    int[] calls = {0};
    ReadResult result =
        files.files.readStable(
            new ReadRequest("a.csv", folder, ReadOptions.none()),
            bytes -> {
              if (calls[0]++ == 0) {
                files.put("a.csv", "7,8\n");
              }
              return files.allocator.allocate(bytes);
            });
    assertThat(((DenseMatrix) result.value()).get(0, 1)).isEqualTo(8);
    assertThat(result.fingerprint()).isEqualTo(print("a.csv"));
    assertThat(files.allocator.open).hasValue(1);
  }

  @Test
  void aFileThatNeverStopsChangingIsAnError() {
    files.put("a.csv", "1,2\n");
    int[] calls = {0};
    org.assertj.core.api.Assertions.assertThatThrownBy(() ->
            files.files.readStable(
                new ReadRequest("a.csv", folder, ReadOptions.none()),
                bytes -> {
                  files.put("a.csv", "1," + calls[0]++ + "\n");
                  return files.allocator.allocate(bytes);
                }))
        .hasMessageContaining("keeps changing");
    assertThat(files.allocator.open).hasValue(0);
  }
}
