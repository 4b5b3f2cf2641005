package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds, reading it gives a value or a clear error, and leaks nothing. */
class RubbishTest {
  private static final String[] PIECES = {
    "1",
    "1:2",
    "{\"a\": 1}",
    "SEQ\u0006",
    "PAR1",
    "-2.5",
    "3e4",
    "x",
    ",",
    ",",
    ";",
    "\"",
    "\n",
    "\n",
    "\r\n",
    " ",
    "NaN",
    "NA",
    ".",
    "-",
    "e",
    "%",
    "%%MatrixMarket matrix coordinate real general\n",
    "2 2 1\n",
    "\u00e4",
    "{",
    "}",
    "\"rows\":",
    "\"cols\": 2",
    "\"format\": \"csv\"",
    "TRUE",
    "999999999999999999999",
    "\0"
  };

  private static final List<ReadOptions> OPTIONS =
      List.of(
          ReadOptions.none().withFormat("csv"),
          ReadOptions.none().withFormat("csv").withHeader(true).withSeparator(";"),
          ReadOptions.none().withFormat("csv").withFill(false, 0).withNaStrings(List.of("NA", "1")),
          ReadOptions.none().withFormat("text").withShape(3, 3),
          ReadOptions.none().withFormat("mm"),
          ReadOptions.none().withFormat("libsvm"),
          ReadOptions.none().withFormat("binary"),
          ReadOptions.none().withFormat("npy"),
          ReadOptions.none().withFormat("npz"),
          ReadOptions.none().withFormat("parquet"),
          ReadOptions.none().withFormat("hdf5"),
          ReadOptions.none().withFormat("jsonl").withDataType("frame"),
          ReadOptions.none().withFormat("binary").withDataType("frame"),
          ReadOptions.none().withFormat("csv").withDataType("frame"),
          ReadOptions.none().withFormat("csv").withDataType("frame").withValueType("detect"),
          ReadOptions.none().withFormat("csv").withDataType("frame").withSchema("FP64,INT64"),
          ReadOptions.none().withFormat("text").withDataType("frame").withShape(2, 2),
          ReadOptions.none().withDataType("scalar"));

  @TempDir Path folder;

  @Test
  void textOfAnyKindIsReadOrRefused() throws IOException {
    for (int seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(30); i > 0; i--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      readEveryWay(seed, text.toString().getBytes(StandardCharsets.UTF_8), random);
    }
  }

  @Test
  void damagedHeadersOfBinaryFilesAreRefused() throws IOException {
    FilesFixture files = new FilesFixture(folder);
    files.files.write(
        files.random(new Random(1), 3, 3), "x", folder, WriteOptions.format("binary"));
    byte[] good = Files.readAllBytes(folder.resolve("x"));
    Files.delete(folder.resolve("x.mtd"));
    for (int seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      byte[] bad = good.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bad[random.nextInt(BinaryHeader.BYTES)] = (byte) random.nextInt(256);
      }
      readEveryWay(seed, bad, random);
    }
  }

  private void readEveryWay(int seed, byte[] bytes, Random random) throws IOException {
    Files.write(folder.resolve("x"), bytes);
    FilesFixture files = new FilesFixture(folder, 1 + random.nextInt(2), 1 + random.nextInt(16));
    if (random.nextInt(8) == 0) {
      Files.write(folder.resolve("x.mtd"), bytes);
    } else {
      Files.deleteIfExists(folder.resolve("x.mtd"));
    }
    for (ReadOptions options : OPTIONS) {
      try {
        Operand value = files.read("x", options);
        if (value instanceof MatrixOperand matrix) {
          matrix.buffer().release();
        }
      } catch (FormatException e) {
        assertThat(e.getMessage()).contains("x");
      } catch (RuntimeException e) {
        fail("seed " + seed + ", " + options, e);
      }
    }
    assertThat(files.allocator.open).as("seed %d", seed).hasValue(0);
  }
}
