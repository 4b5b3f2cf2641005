package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of checkpoints, whole and damaged; what they hold is tested in ValueContentTest. */
class CheckpointFileTest {
  @TempDir Path folder;
  private final CountingAllocator allocator = new CountingAllocator();

  @AfterEach
  void nothingIsLeftOpen() {
    assertThat(allocator.open).hasValue(0);
  }

  private void write(String name, Value... values) {
    new Checkpoint(
            Map.of("note", "a text: \u00e4\n", "more", ""),
            new ListValue(List.of(), List.of(values)))
        .write(name, folder, MatrixValue::pinHost);
  }

  private Checkpoint read(String name) {
    return Checkpoint.read(name, folder, allocator, HeldMatrix::new);
  }

  private DenseMatrix matrix() {
    DenseMatrix dense = DenseMatrix.allocate(allocator, 3, 2, Precision.FP32);
    for (int i = 0; i < 6; i++) {
      dense.set(i / 2, i % 2, i == 4 ? Float.NaN : i / 3f);
    }
    return dense;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void assertNotRead(byte[] bytes, String what) throws IOException {
    Files.write(folder.resolve("b"), bytes);
    assertThatThrownBy(() -> read("b").value().release())
        .as(what)
        .isInstanceOf(FormatException.class);
  }

  @Test
  void notesAndValuesComeBack() {
    Value matrix = new HeldMatrix(matrix());
    write("a", Scalar.of(-0.0), Scalar.of("\u00fc\n"), Scalar.absent(), matrix);
    Checkpoint read = read("a");
    assertThat(read.notes()).isEqualTo(Map.of("note", "a text: \u00e4\n", "more", ""));
    assertThat(read.value().elements().subList(0, 3))
        .containsExactly(Scalar.of(-0.0), Scalar.of("\u00fc\n"), Scalar.absent());
    assertThat(ValueContent.fingerprint(read.value().elements().getLast(), MatrixValue::pinHost))
        .isEqualTo(ValueContent.fingerprint(matrix, MatrixValue::pinHost));
    read.value().release();
    matrix.release();
  }

  @Test
  void aCheckpointThatFailsLeavesTheOneBeforeAndNoRest() throws IOException {
    write("a", Scalar.of(1));
    byte[] before = Files.readAllBytes(folder.resolve("a"));
    Value matrix = new HeldMatrix(matrix());
    Checkpoint next =
        new Checkpoint(Map.of(), new ListValue(List.of(), List.of(Scalar.of(2), matrix)));
    assertThatThrownBy(() -> next.write("a", folder, CheckpointFileTest::noRoom))
        .hasMessage("no room to pin it");
    assertThat(Files.readAllBytes(folder.resolve("a"))).isEqualTo(before);
    assertThat(files()).containsExactly("a");
    matrix.release();
  }

  private static MatrixOperand noRoom(MatrixValue matrix) {
    throw new IllegalStateException("no room to pin it");
  }

  @Test
  void everyDamagedByteIsNoticed() throws IOException {
    Value matrix = new HeldMatrix(matrix());
    write("a", Scalar.of(1.5), Scalar.of("text"), matrix);
    matrix.release();
    byte[] good = Files.readAllBytes(folder.resolve("a"));
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x10;
      assertNotRead(bad, "byte " + i);
    }
  }

  @Test
  void everyTruncationAndWhatIsTooLongAreNoticed() throws IOException {
    write("a", Scalar.of(1.5));
    byte[] good = Files.readAllBytes(folder.resolve("a"));
    for (int length = 0; length < good.length; length++) {
      assertNotRead(Arrays.copyOf(good, length), length + " bytes");
    }
    assertNotRead(Arrays.copyOf(good, good.length + 1), "one more");
  }

  @Test
  void whatWasDamagedSaysWhatToUse() throws IOException {
    write("a", Scalar.of(1.5));
    byte[] bytes = Files.readAllBytes(folder.resolve("a"));
    bytes[bytes.length - 1] ^= 1;
    Files.write(folder.resolve("a"), bytes);
    assertThatThrownBy(() -> read("a"))
        .hasMessageContaining("it was damaged after it was written; use an earlier one");
  }

  @Test
  void whatIsNoCheckpointSaysWhatItIs() throws IOException {
    assertThatThrownBy(() -> read("none")).hasMessageContaining("there is no such file");
    Files.writeString(folder.resolve("x.csv"), "1,2,3\n");
    assertThatThrownBy(() -> read("x.csv"))
        .hasMessageContaining("this is no checkpoint of Reprise; read other files with read");
  }

  @Test
  void aCheckpointOfAnotherVersionSaysHowItsValuesAreHad() throws IOException {
    // The first bytes of version 1, whose header was longer.
    byte[] earlier = Arrays.copyOf("REPRISE-CHECKPOINT\n".getBytes("US-ASCII"), 60);
    earlier[19] = 1;
    Files.write(folder.resolve("b"), earlier);
    assertThatThrownBy(() -> read("b"))
        .hasMessageContaining("version 1 of the checkpoint format is not known, only 2")
        .hasMessageContaining("write its values there and read them here");
  }

  @Test
  void aCheckpointOfANewerVersionSaysWhoReadsIt() throws IOException {
    write("a", Scalar.of(1.5));
    byte[] bytes = Files.readAllBytes(folder.resolve("a"));
    for (int version : new int[] {3, 200}) {
      bytes[19] = (byte) version;
      Files.write(folder.resolve("a"), bytes);
      assertThatThrownBy(() -> read("a"))
          .hasMessageContaining("a newer version of Reprise wrote this checkpoint")
          .hasMessageContaining("it has version " + version + " of the format")
          .hasMessageContaining("this Reprise knows 2; resume it with that version");
    }
  }

  @Test
  void aFolderIsNoCheckpointWhateverItHolds() throws IOException {
    Files.createDirectory(folder.resolve("d"));
    String message = "this is a folder, and no checkpoint; a checkpoint is one file, name that";
    assertThatThrownBy(() -> read("d")).hasMessageContaining(message);
    write("d/a", Scalar.of(1.5));
    assertThatThrownBy(() -> read("d")).hasMessageContaining(message);
  }

  @Test
  void whatCannotBeWrittenSaysSo() throws IOException {
    Files.createDirectory(folder.resolve("d"));
    assertThatThrownBy(() -> write("d", Scalar.of(1)))
        .hasMessageContaining("a checkpoint is one file");
    Value deep = Scalar.of(1);
    for (int i = 0; i < 62; i++) {
      deep = new ListValue(List.of(), List.of(deep));
    }
    write("a", deep);
    read("a").value().release();
    Value deeper = new ListValue(List.of(), List.of(deep));
    assertThatThrownBy(() -> write("a", deeper))
        .hasMessageContaining("lists that lie in more than");
  }
}
