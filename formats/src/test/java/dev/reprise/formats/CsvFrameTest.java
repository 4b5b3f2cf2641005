package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.ResourceException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvFrameTest {
  @TempDir Path folder;
  private FilesFixture files;

  @BeforeEach
  void open() {
    files = new FilesFixture(folder);
  }

  private Frame parsed(String text, ReadOptions options) {
    files.put("x.csv", text);
    return files.frame("x.csv", options);
  }

  @Test
  void everyColumnIsTextUnlessASchemaSaysOtherwise() {
    Frame frame = parsed("1,x\n2,\n", ReadOptions.none());
    assertThat(frame.names()).containsExactly("C1", "C2");
    assertThat(frame.strings(0)).containsExactly("1", "2");
    assertThat(frame.strings(1)).containsExactly("x", null);
  }

  @Test
  void aSchemaTypesTheColumns() {
    Frame frame =
        parsed(
            "a,b,c,d\n1.5,x,3,TRUE\n,,,\n2,y,4.0,false\n",
            ReadOptions.none().withHeader(true).withSchema("FP64,STRING,INT32,BOOLEAN,"));
    assertThat(frame.names()).containsExactly("a", "b", "c", "d");
    assertThat(frame.doubles(0)).containsExactly(1.5, 0, 2);
    assertThat(frame.strings(1)).containsExactly("x", null, "y");
    assertThat(frame.integers(2)).containsExactly(3, 0, 4);
    assertThat(frame.booleans(3)).containsExactly(true, false, false);
  }

  @Test
  void detectFindsTheNarrowestTypes() {
    Frame frame =
        parsed("1,1.5,TRUE,x,,7\n2,3,FALSE,2,,\n", ReadOptions.none().withValueType("detect"));
    assertThat(frame.schema())
        .containsExactly(
            ColumnType.INTEGER,
            ColumnType.DOUBLE,
            ColumnType.BOOLEAN,
            ColumnType.STRING,
            ColumnType.STRING,
            ColumnType.DOUBLE);
    assertThat(frame.doubles(5)).containsExactly(7, Double.NaN);
  }

  @Test
  void quotedFieldsKeepTheirQuotesAndMayHoldSeparatorsAndLineEnds() {
    Frame frame = parsed("\"a,\"\"b\",1\n\"p\nq\",2\n", ReadOptions.none());
    assertThat(frame.strings(0)).containsExactly("\"a,\"\"b\"", "\"p\nq\"");
    assertThat(frame.strings(1)).containsExactly("1", "2");
  }

  @Test
  void aQuotedLineEndMayLieOnTheEdgeOfABlock() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      text.append('"')
          .append("x".repeat(i % 17))
          .append('\n')
          .append("y\",")
          .append(i)
          .append('\n');
    }
    files.put("x.csv", text.toString());
    Frame frame = new FilesFixture(folder, 1, 8).frame("x.csv", ReadOptions.none());
    assertThat(frame.rows()).isEqualTo(200);
    assertThat(frame.strings(1)[199]).isEqualTo("199");
  }

  @Test
  void naStringsAreMissing() {
    Frame frame =
        parsed(
            "NA,NA\nx,2\n",
            ReadOptions.none().withSchema("STRING,FP64").withNaStrings(List.of("NA")));
    assertThat(frame.strings(0)).containsExactly(null, "x");
    assertThat(frame.doubles(1)).containsExactly(Double.NaN, 2);
  }

  @Test
  void metaLinesOfSystemDsAreSkipped() {
    Frame frame = parsed("#Meta\u00b7MV,null\n#Meta\u00b7ND,3\nx\u00b71\n", ReadOptions.none());
    assertThat(frame.rows()).isOne();
  }

  @Test
  void aMetaFrameIsWrittenWithTheLinesThatSystemDsNeeds() {
    List<ColumnType> text = List.of(ColumnType.STRING, ColumnType.STRING);
    Frame meta =
        new Frame(
            2,
            List.of("a", "b"),
            text,
            List.of(new String[] {"x\u00b71", "y\u00b72"}, new String[] {null, null}));
    files.files.write(meta, "m.csv", folder, WriteOptions.format("csv").withHeader(true));
    assertThat(files.text("m.csv"))
        .isEqualTo("a,b\n#Meta\u00b7MV,null,null\n#Meta\u00b7ND,2,-1\nx\u00b71,\ny\u00b72,\n");
    assertThat(files.frame("m.csv", ReadOptions.none()).strings(0))
        .containsExactly("x\u00b71", "y\u00b72");
    Frame plain =
        new Frame(
            2,
            List.of("a", "b"),
            text,
            List.of(new String[] {"x\u00b71", "y"}, new String[] {"1", "2"}));
    files.files.write(plain, "p.csv", folder, WriteOptions.format("csv"));
    assertThat(files.text("p.csv")).isEqualTo("x\u00b71,1\ny,2\n");
  }

  @Test
  void mistakesNameTheirPlace() {
    ReadOptions typed = ReadOptions.none().withSchema("FP64,INT64");
    Object[][] table = {
      {"1,2\n3\n", ReadOptions.none(), "x.csv:2:1", "1 fields, 2 are expected"},
      {"1,2\nx,3\n", typed, "x.csv:2:1", "a number is due"},
      {"1,2\n3,2.5\n", typed, "x.csv:2:3", "a whole number is due"},
      {"1,2\n", ReadOptions.none().withSchema("FP64,COLOUR"), "x.csv", "unknown column type"},
      {"1,2\n", ReadOptions.none().withSchema("FP64,FP64,FP64"), "x.csv", "names 3 columns"},
      {"a,\"b\nc,d\n", ReadOptions.none(), "x.csv:1:3", "does not end"},
      {"", ReadOptions.none(), "x.csv", "empty"},
    };
    for (Object[] row : table) {
      assertThatThrownBy(() -> parsed((String) row[0], (ReadOptions) row[1]))
          .as((String) row[0])
          .isInstanceOf(FormatException.class)
          .hasMessageContaining((String) row[2])
          .hasMessageContaining((String) row[3]);
    }
  }

  @Test
  void aHeaderAloneIsAFrameWithoutRows() {
    Frame frame = parsed("a,b\n", ReadOptions.none().withHeader(true));
    assertThat(frame.shape()).hasToString("0x2");
  }

  @Test
  void rowsThatTheHeapCannotHoldAreRefusedBeforeTheyAreFilledUp() {
    ReadOptions options =
        ReadOptions.none()
            .withShape(2_000_000_000, 64)
            .withSchema(String.join(",", Collections.nCopies(64, "FP64")));
    assertThatThrownBy(() -> parsed(String.join(",", Collections.nCopies(64, "1")), options))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining(
            "x.csv: the arguments say 2000000000 rows and 64 columns; they take 976562 MiB")
        .hasMessageContaining("lower the number of rows (rows)");
  }
}
