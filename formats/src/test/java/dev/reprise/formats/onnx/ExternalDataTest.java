package dev.reprise.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.formats.DataFiles;
import dev.reprise.formats.FingerprintCache;
import dev.reprise.formats.NetworkResult;
import dev.reprise.formats.ReadOptions;
import dev.reprise.formats.ReadRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose weights lie in a file beside them. */
class ExternalDataTest {
  private static final int FLOAT = 1;

  @TempDir private Path folder;
  private Path models;

  @BeforeEach
  void files() throws IOException {
    models = Files.createDirectory(folder.resolve("models"));
    weights("w.bin", 1, 2, 3, 4, 5, 6);
    weights("../outside.bin", 1, 2, 3, 4, 5, 6);
    model("location", "w.bin", "offset", "8", "length", "16");
  }

  private void weights(String name, float... cells) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * cells.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float cell : cells) {
      bytes.putFloat(cell);
    }
    Files.write(models.resolve(name), bytes.array());
  }

  /** A product of rows of two with a 2 x 2 matrix, which the entries say where to find. */
  private void model(String... entries) throws IOException {
    ProtoOutput tensor =
        new ProtoOutput().integer(1, 2).integer(1, 2).integer(2, FLOAT).text(8, "w");
    for (int i = 0; i < entries.length; i += 2) {
      tensor.message(13, new ProtoOutput().text(1, entries[i]).text(2, entries[i + 1]));
    }
    ProtoOutput node =
        new ProtoOutput().text(1, "x").text(1, "w").text(2, "y").text(3, "n").text(4, "Gemm");
    ProtoOutput graph = new ProtoOutput().message(1, node).message(5, tensor.integer(14, 1));
    graph.message(11, rows("x")).message(12, rows("y"));
    Files.write(models.resolve("m.onnx"), new ProtoOutput().message(7, graph).toBytes());
  }

  private static ProtoOutput rows(String name) {
    ProtoOutput extents = new ProtoOutput();
    extents.message(1, new ProtoOutput().text(2, "N")).message(1, new ProtoOutput().integer(1, 2));
    ProtoOutput type = new ProtoOutput().integer(1, FLOAT).message(2, extents);
    return new ProtoOutput().text(1, name).message(2, new ProtoOutput().message(1, type));
  }

  private static DataFiles files(InstantSource clock) {
    return new DataFiles(new FingerprintCache(clock), 1);
  }

  private ReadRequest request() {
    return new ReadRequest("models/m.onnx", folder, ReadOptions.none());
  }

  private NetworkResult read() {
    return files(InstantSource.system()).readNetwork(request());
  }

  private static double[] cells(NetworkResult network) {
    return network.layers().getFirst().weights().get("W").cells();
  }

  @Test
  void theCellsAreThoseOfTheSecondFileFromTheOffsetOn() {
    assertThat(cells(read())).containsExactly(3, 4, 5, 6);
  }

  @Test
  void offsetAndLengthMayBeLeftOutAndOtherKeysDoNotMatter() throws IOException {
    weights("w.bin", 7, 8, 9, 10);
    model("location", "w.bin", "checksum", "00ff", "basepath", "/nowhere");
    assertThat(cells(read())).containsExactly(7, 8, 9, 10);
    model("offset", "0", "location", "sub/../w.bin");
    assertThat(cells(read())).containsExactly(7, 8, 9, 10);
  }

  @Test
  void aLinkWithinTheFolderIsFollowed() throws IOException {
    Files.createSymbolicLink(models.resolve("link.bin"), Path.of("w.bin"));
    model("location", "link.bin", "offset", "8", "length", "16");
    assertThat(cells(read())).containsExactly(3, 4, 5, 6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "w2.bin | lies in \"w2.bin\", but there is no such file beside the model; copy it to",
        "../outside.bin | which is not a path within the folder of the model; move it there",
        "sub/../../outside.bin | which is not a path within the folder of the model",
        "/etc/passwd | which is not a path within the folder of the model",
        "'' | which is not a path within the folder of the model",
        ". | which is not a file",
        "link.bin | which is a link to outside of the model's folder; copy the file there",
        "sub/outside.bin | which is a link to outside of the model's folder",
      })
  void aFileThatIsMissingOrNotBesideTheModelIsAnError(String location, String message)
      throws IOException {
    Files.createSymbolicLink(models.resolve("link.bin"), Path.of("../outside.bin"));
    Files.createSymbolicLink(models.resolve("sub"), folder);
    model("location", location, "offset", "8", "length", "16");
    assertThatThrownBy(this::read)
        .hasMessageContaining("m.onnx: tensor \"w\" ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "12 | 16 | 24 bytes end before the tensor does (16 bytes from 12 on); copy model and",
        "25 | 0 | 24 bytes end before the tensor does (0 bytes from 25 on)",
        "9223372036854775807 | 16 | bytes end before the tensor does",
        "8 | 9223372036854775807 | bytes end before the tensor does",
        "8 | 12 | has a shape that disagrees with its cells",
        "-8 | 16 | has the offset \"-8\", which is no count of bytes",
        "8 | many | has the length \"many\", which is no count of bytes",
        "9223372036854775808 | 16 | which is no count of bytes"
      })
  void bytesThatAreNotInTheFileAreAnError(String offset, String length, String message)
      throws IOException {
    model("location", "w.bin", "offset", offset, "length", length);
    assertThatThrownBy(this::read)
        .hasMessageContaining("tensor \"w\" ")
        .hasMessageContaining(message);
  }

  @Test
  void aModelThatDoesNotSayWhereIsAnError() throws IOException {
    model("offset", "8");
    assertThatThrownBy(this::read).hasMessageContaining("the model does not say in which");
  }

  @ParameterizedTest
  @ValueSource(strings = {"m.onnx", "model.bin"})
  void theFingerprintIsThatOfModelAndWeights(String name) throws IOException {
    Files.copy(models.resolve("m.onnx"), folder.resolve("copy"));
    Files.move(models.resolve("m.onnx"), models.resolve(name));
    ReadOptions options = ReadOptions.none().withFormat("onnx");
    ReadRequest request = new ReadRequest("models/" + name, folder, options);
    DataFiles files = files(InstantSource.system());
    String first = files.fingerprint(request);
    assertThat(files.readNetwork(request).fingerprint()).isEqualTo(first);
    weights("w.bin", 1, 2, 3, 4, 5, 7);
    assertThat(files.fingerprint(request)).isNotEqualTo(first);
    weights("w.bin", 1, 2, 3, 4, 5, 6);
    assertThat(files.fingerprint(request)).isEqualTo(first);
  }

  @Test
  void theStampIsThatOfModelAndWeights() throws IOException {
    DataFiles files = files(InstantSource.fixed(Instant.now().plusSeconds(99)));
    String first = files.stamp(request());
    assertThat(files.stamp(request())).isEqualTo(first).isNotNull();
    weights("w.bin", 1, 2, 3, 4, 5, 6, 7);
    assertThat(files.stamp(request())).isNotEqualTo(first).isNotNull();
    Files.delete(models.resolve("w.bin"));
    assertThat(files.stamp(request())).isNull();
  }

  @Test
  void whatAModelNamesIsRememberedButNotWhereTheNamesLead() throws IOException {
    weights("other.bin", 6, 5, 4, 3, 2, 1);
    Path link = Files.createSymbolicLink(models.resolve("link.bin"), Path.of("w.bin"));
    model("location", "link.bin", "offset", "8", "length", "16");
    DataFiles files = files(InstantSource.fixed(Instant.now().plusSeconds(99)));
    NetworkResult first = files.readNetwork(request());
    assertThat(cells(first)).containsExactly(3, 4, 5, 6);
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("other.bin"));
    NetworkResult second = files.readNetwork(request());
    assertThat(cells(second)).containsExactly(4, 3, 2, 1);
    assertThat(second.fingerprint()).isNotEqualTo(first.fingerprint());
    model("location", "w.bin", "offset", "4", "length", "16");
    assertThat(cells(files.readNetwork(request()))).containsExactly(2, 3, 4, 5);
  }

  @Test
  void weightsThatWereTouchedJustNowHaveNoStamp() throws IOException {
    Instant touched = Files.getLastModifiedTime(models.resolve("m.onnx")).toInstant();
    DataFiles files = files(InstantSource.fixed(touched.plusSeconds(99)));
    assertThat(files.stamp(request())).isNotNull();
    Files.setLastModifiedTime(
        models.resolve("w.bin"), java.nio.file.attribute.FileTime.from(touched.plusSeconds(98)));
    assertThat(files.stamp(request())).isNull();
  }

  @Test
  void weightsThatChangeWhileTheyAreReadAreReadAgain() {
    // The clock is asked once when the model's names are known and once for each file that was
    // hashed, before anything is read: a forced interleaving.
    int[] calls = {0};
    DataFiles files =
        files(() -> {
          if (++calls[0] == 3) {
            rewrite();
          }
          return Instant.EPOCH;
        });
    NetworkResult network = files.readNetwork(request());
    assertThat(cells(network)).containsExactly(5, 4, 3, 2);
    assertThat(network.fingerprint())
        .isEqualTo(files(InstantSource.system()).fingerprint(request()));
    assertThat(calls[0]).isGreaterThan(4);
  }

  private void rewrite() {
    try {
      weights("w.bin", 7, 6, 5, 4, 3, 2);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
