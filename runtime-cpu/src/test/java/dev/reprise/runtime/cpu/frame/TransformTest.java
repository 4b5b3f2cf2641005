package dev.reprise.runtime.cpu.frame;

import static dev.reprise.runtime.cpu.frame.Frames.run;
import static dev.reprise.runtime.cpu.frame.Frames.show;
import static dev.reprise.runtime.cpu.frame.Frames.showCells;
import static dev.reprise.runtime.cpu.frame.Frames.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.SparseMatrix;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Expected values were printed by SystemDS 3.3.0 unless a test says otherwise. */
class TransformTest {
  private static final String SPEC =
      "{ids:true, recode:[1,2,5], bin:[{id:3, method:equi-width, numbins:3}], dummycode:[2,4]}";

  private static final Frame UNSEEN =
      Frames.texts("num,cat,dbl,flag,mis", "10,zz,9.5,TRUE,w", "99,a,-3,FALSE,x", ",,,,");

  @Test
  void recodingBinningAndDummycodingTogether() {
    Operand[] result = run(1, "transformencode", Frames.sample(), text(SPEC));
    assertThat(show(result[0]))
        .isEqualTo(
            """
            1 1 0 0 1 1 0 1
            2 0 1 0 2 0 1 NaN
            1 0 0 1 NaN 1 0 2
            3 1 0 0 3 0 1 1
            4 0 0 0 1 1 0 3
            """);
    assertThat(FrameText.of((Frame) result[1], 100, 100, 3, " ", "\n"))
        .isEqualTo(
            """
            # FRAME: nrow = 4, ncol = 5
            # num cat dbl flag mis
            # STRING STRING STRING STRING STRING
            2·2 a·2 0.0·1.5 TRUE·1 x·1
            3·4 b·1 1.5·3.0 FALSE·2 y·2
            7·3 c·3 3.0·4.5 null z·3
            10·1 null null null null
            """);
  }

  @Test
  void codesKeptFromLearningAreThoseOfTheMetaFrame() {
    Random random = new Random(8);
    String[] lines = new String[5000];
    Arrays.setAll(
        lines,
        r ->
            (random.nextInt(20) == 0 ? "" : random.nextGaussian())
                + ","
                + (random.nextInt(20) == 0 ? "NaN" : random.nextInt(1000) / 7.0)
                + ","
                + random.nextInt(9));
    Frame texts = Frames.texts("width,height,kind", lines);
    String spec =
        "{ids:true, recode:[3], omit:[3], bin:[{id:1, method:equi-width, numbins:7},"
            + " {id:2, method:equi-height, numbins:5}]}";
    Operand[] encoded = run(3, "transformencode", texts, text(spec));
    assertThat(show(encoded[0]))
        .isEqualTo(show(run("transformapply", texts, encoded[1], text(spec))));
  }

  @Test
  void unknownCategoriesAreMissingOrAllZeros() {
    Operand meta = run(1, "transformencode", Frames.sample(), text(SPEC))[1];
    assertThat(show(run("transformapply", UNSEEN, meta, text(SPEC))))
        .isEqualTo(
            """
            1 0 0 0 3 1 0 NaN
            NaN 0 1 0 1 0 1 1
            NaN 0 0 0 NaN 0 0 NaN
            """);
    assertThat(show(run("transformcolmap", meta, text(SPEC))))
        .isEqualTo("1 1 1\n2 2 4\n3 5 5\n4 6 7\n5 8 8\n");
  }

  @Test
  void columnsMayBeNamedAndTheSpecMaySpanLines() {
    String spec =
        "{\n recode:[cat, mis],\n dummycode:['flag'], \"bin\":[{name:dbl, method:equi-height,"
            + " numbins:2}]\n}";
    Operand[] result = run(1, "transformencode", Frames.sample(), text(spec));
    assertThat(show(result[0]))
        .isEqualTo(
            """
            10 1 1 1 0 1
            2 2 2 0 1 NaN
            10 3 NaN 1 0 2
            7 1 2 0 1 1
            3 NaN 1 1 0 3
            """);
    assertThat(showCells(result[1]))
        .isEqualTo(
            """
            null a·2 0.0·1.5 TRUE·1 x·1
            null b·1 1.5·4.5 FALSE·2 y·2
            null c·3 null null z·3
            """);
    assertThat(show(run("transformapply", UNSEEN, result[1], text(spec))))
        .isEqualTo("10 NaN 2 1 0 NaN\n99 2 1 0 1 1\nNaN NaN NaN 0 0 NaN\n");
  }

  @Test
  void typedColumnsAreRecodedByTheirText() {
    Operand[] result =
        run(1, "transformencode", Frames.typedSample(), text("{ids:true, recode:[1,2,4,5]}"));
    assertThat(show(result[0]))
        .isEqualTo("1 1 1.5 1 1\n2 2 2.5 2 NaN\n1 3 0 1 2\n3 1 4.5 2 1\n4 NaN 0.5 1 3\n");
    assertThat(showCells(result[1]))
        .isEqualTo(
            "2·2 a·2 null true·1 x·1\n3·4 b·1 null false·2 y·2\n7·3 c·3 null null z·3\n"
                + "10·1 null null null null\n");
  }

  @Test
  void binsOfEqualCountEndAtTheValuesInBetween() {
    Frame frame = (Frame) run("as.frame", Frames.matrix(column(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)));
    Operand[] five = run(1, "transformencode", frame, text(bins("equi-height", 5)));
    assertThat(showCells(five[1])).isEqualTo("1.0·2.0\n2.0·4.0\n4.0·6.0\n6.0·8.0\n8.0·10.0\n");
    assertThat(show(five[0]).replace('\n', ' ')).isEqualTo("1 1 2 2 3 3 4 4 5 5 ");
    Frame ties = (Frame) run("as.frame", Frames.matrix(column(1, 1, 1, 1, 1, 1, 1, 8, 9, 10)));
    Operand[] four = run(1, "transformencode", ties, text(bins("equi-height", 4)));
    assertThat(showCells(four[1])).isEqualTo("1.0·1.0\n1.0·1.0\n1.0·8.0\n8.0·10.0\n");
    assertThat(show(four[0]).replace('\n', ' ')).isEqualTo("1 1 1 1 1 1 1 3 4 4 ");
    assertThat(showCells(run("transformdecode", four[0], four[1], text(bins("equi-height", 4)))))
        .isEqualTo("1.0\n1.0\n1.0\n1.0\n1.0\n1.0\n1.0\n4.5\n9.0\n9.0\n");
  }

  @Test
  void aConstantColumnHasOneBinOfEqualWidth() {
    Frame frame = (Frame) run("as.frame", Frames.matrix(column(5, 5, 5)));
    Operand[] result = run(1, "transformencode", frame, text(bins("equi-width", 3)));
    assertThat(show(result[0])).isEqualTo("1\n1\n1\n");
    assertThat(showCells(result[1])).isEqualTo("5.0·5.0\n");
  }

  @Test
  void hashingKeepsOnlyTheNumberOfBuckets() {
    String spec = "{ids:true, recode:[2,4,5], hash:[1], K:3}";
    Operand[] result = run(1, "transformencode", Frames.sample(), text(spec));
    assertThat(show(result[0])).startsWith("2 1 1.5").contains("\n3 2 2.5").contains("\n1 NaN 0.5");
    assertThat(showCells(result[1])).startsWith("3 a·2 null TRUE·1 x·1\nnull b·1");
  }

  @Test
  void missingCellsMayBeFilledAlsoInNewData() {
    String spec =
        "{ids:true, impute:[{id:3, method:global_mean},{id:2, method:global_mode},"
            + "{id:5, method:constant, value:q}], recode:[2,4,5]}";
    Operand[] result = run(1, "transformencode", Frames.sample(), text(spec));
    assertThat(show(result[0]))
        .isEqualTo("10 1 1.5 1 1\n2 2 2.5 2 4\n10 3 2.25 1 2\n7 1 4.5 2 1\n3 1 0.5 1 3\n");
    assertThat(show(run("transformapply", UNSEEN, result[1], text(spec))))
        .isEqualTo("10 1 9.5 1 4\n99 2 -3 2 1\nNaN 1 2.25 NaN 4\n");
  }

  @Test
  void whatFillsMissingCellsIsNoRowOfTheMetaFrame() {
    Frame frame = Frames.texts("n", "1", "", "3");
    String spec = "{ids:true, impute:[{id:1, method:global_mean}]}";
    Operand[] result = run(1, "transformencode", frame, text(spec));
    assertThat(((Frame) result[1]).rows()).isZero();
    assertThat(((Frame) result[1]).fill(0)).isEqualTo("2.0");
    assertThat(show(run("transformapply", Frames.texts("n", "", "7"), result[1], text(spec))))
        .isEqualTo("2\n7\n");
  }

  @Test
  void missingCellsAreFilledAfterBinningAndNotInDummyColumns() {
    Frame frame = Frames.texts("n", "10", "20", "", "40");
    String impute = "impute:[{id:1, method:constant, value:25}], ";
    String bin = "bin:[{id:1, method:equi-width, numbins:4}]";
    assertThat(show(run("transformencode", frame, text("{ids:true, " + impute + bin + "}"))))
        .isEqualTo("1\n2\n25\n4\n");
    assertThat(
            show(
                run(
                    "transformencode",
                    frame,
                    text("{ids:true, " + impute + bin + ", dummycode:[1]}"))))
        .isEqualTo("1 0 0 0\n0 1 0 0\n0 0 0 0\n0 0 0 1\n");
  }

  @Test
  void wordsAreCountedInTheOrderInWhichTheyAppear() {
    Frame frame = Frames.texts("t", "It's a b b", "B; 3.5 A_c", "");
    String spec = "{ids:true, bag_of_words:[1]}";
    Operand[] result = run(1, "transformencode", frame, text(spec));
    assertThat(show(result[0])).isEqualTo("1 1 1 2 0\n0 0 1 1 1\n0 0 0 0 0\n");
    assertThat(show(run("transformapply", Frames.texts("t", "c c d"), result[1], text(spec))))
        .isEqualTo("0 0 0 0 2\n");
  }

  @Test
  void wordsBecomeRowsOfAnEmbedding() {
    Frame words = Frames.texts("w", "a", "b", "a");
    Operand meta = run(1, "transformencode", words, text("{ids:true, recode:[1]}"))[1];
    Operand embedding = Frames.matrix(new double[][] {{1, 2}, {3, 4}});
    Operand spec = text("{ids:true, word_embedding:[1]}");
    assertThat(show(run("transformapply", Frames.texts("w", "b", "z", "a"), meta, spec, embedding)))
        .isEqualTo("3 4\n0 0\n1 2\n");
    assertThatThrownBy(() -> run("transformapply", words, meta, spec))
        .hasMessageContaining("'embedding'");
  }

  @Test
  void numbersAreHashedByTheirType() {
    Frame whole = (Frame) run("as.frame", Frames.matrix(new double[][] {{-10}, {100}, {4}}));
    Operand spec = text("{ids:true, hash:[1], K:7}");
    assertThat(show(run("transformencode", whole, spec))).isEqualTo("4\n3\n5\n");
    Frame single = (Frame) run("as.frame", Frames.matrix(new double[][] {{1.5}, {1.1}, {2}}));
    assertThat(show(run("transformencode", single, spec))).isEqualTo("7\n7\n2\n");
    assertThat(show(run("transformencode", Frames.texts("t", "polygenelubricants", "abc"), spec)))
        .isEqualTo("3\n7\n");
  }

  @Test
  void manyDummyColumnsMakeASparseMatrixOfTheSameCells() {
    String[] cells = new String[6000];
    Arrays.setAll(cells, r -> "c" + r * 7 % 300);
    Frame frame = Frames.texts("c", cells);
    Operand[] one = run(1, "transformencode", frame, text("{ids:true, dummycode:[1]}"));
    Operand[] many = run(2, "transformencode", frame, text("{ids:true, dummycode:[1]}"));
    SparseMatrix sparse = (SparseMatrix) one[0];
    assertThat(sparse.nonZeros()).isEqualTo(6000);
    for (int r = 0; r < cells.length; r++) {
      assertThat(sparse.get(r, r % 300)).isEqualTo(1);
      assertThat(((SparseMatrix) many[0]).get(r, r % 300)).isEqualTo(1);
    }
  }

  @Test
  void rowsThatMissAnOmitColumnAreDropped() {
    Operand[] result =
        run(1, "transformencode", Frames.sample(), text("{ids:true, omit:[2,5], recode:[2,5,4]}"));
    assertThat(show(result[0])).isEqualTo("10 1 1.5 1 1\n10 3 NaN 1 2\n7 1 4.5 2 1\n");
    assertThat(showCells(result[1])).contains("z·3");
  }

  @Test
  void aMetaFrameThatSystemDsWroteIsUnderstood() {
    Frame meta =
        Frames.texts(
            "C1,C2,C3,C4",
            ",banana·1,-7.0·28.666666666666664,Wien·1",
            ",apple·2,28.666666666666664·64.33333333333333,\"say\"·4",
            ",cherry·3,64.33333333333333·100.0,Graz·2",
            ",,,Linz·3");
    Frame frame = Frames.texts("id,name,value,city", "1,banana,3.5,Wien", "2,cherry,100,\"say\"");
    assertThat(
            show(
                run(
                    "transformapply",
                    frame,
                    meta,
                    text(
                        "{recode:[name, city], dummycode:[city], bin:[{name:value,"
                            + " method:equi-width, numbins:3}]}"))))
        .isEqualTo("1 1 1 1 0 0 0\n2 3 3 0 0 0 1\n");
  }

  @Test
  void decodingGivesBackWhatWasEncoded() {
    // SystemDS fails here when categories are dummycoded.
    String spec = "{ids:true, recode:[2], dummycode:[2,4,5]}";
    Operand[] result = run(1, "transformencode", Frames.sample(), text(spec));
    assertThat(showCells(run("transformdecode", result[0], result[1], text(spec))))
        .isEqualTo(
            """
            10.000 b 1.500 TRUE x
            2.000 a 2.500 FALSE null
            10.000 c NaN TRUE y
            7.000 b 4.500 FALSE x
            3.000 null 0.500 TRUE z
            """);
  }

  @Test
  void applyEqualsEncodeOnTheSameDataWithAnyNumberOfThreads() {
    Random random = new Random(9);
    String[] lines = new String[20_000];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = "k" + random.nextInt(50) + "," + random.nextInt(100) + "," + random.nextGaussian();
    }
    Frame frame = Frames.texts("a,b,c", lines);
    String spec = "{dummycode:[a], bin:[{name:c, method:equi-height, numbins:9}]}";
    Operand[] one = run(1, "transformencode", frame, text(spec));
    Operand[] two = run(2, "transformencode", frame, text(spec));
    Operand applied = run(2, "transformapply", frame, one[1], text(spec))[0];
    assertThat(segment(one[0]).mismatch(segment(two[0]))).isEqualTo(-1);
    assertThat(segment(one[0]).mismatch(segment(applied))).isEqualTo(-1);
  }

  private static MemorySegment segment(Operand matrix) {
    MatrixOperand cells = (MatrixOperand) matrix;
    return cells.buffer().segment().asSlice(0, cells.bytes());
  }

  @Test
  void mistakesInTheSpecAreNamed() {
    String[][] table = {
      {"recode:[1]", "line 1, column 1", "'{' is due"},
      {"{ids:true,\n recode:[1}", "line 2, column 11", "',' or ']' is due"},
      {"{ids:true, recode:[9]}", "names the column 9", "columns 1 to 5"},
      {"{recode:[colour]}", "names the column colour", "num, cat, dbl"},
      {"{recode:[1]}", "ids:true", "names the column 1"},
      {"{recode:cat}", "must be a list", "recode"},
      {"{scale:[cat]}", "\"scale\"", "not known"},
      {"{ids:true, bin:[{id:3, method:magic, numbins:3}]}", "magic", "equi-width"},
      {"{ids:true, bin:[{id:3, method:equi-width, numbins:x}]}", "numbins", "whole number"},
      {"{ids:true, recode:[2], bin:[{id:2, method:equi-width, numbins:3}]}", "column 2", "several"},
      {"{ids:true, hash:[2]}", "needs K", "hash"},
      {"{ids:true} x", "column 12", "nothing more"},
      {"{\"a", "the end", "closing"},
    };
    for (String[] row : table) {
      assertThatThrownBy(() -> run(1, "transformencode", Frames.sample(), text(row[0])))
          .as(row[0])
          .isInstanceOf(OperandException.class)
          .hasMessageContaining(row[1])
          .hasMessageContaining(row[2]);
    }
  }

  @Test
  void textInAPassThroughColumnNamesItsCell() {
    assertThatThrownBy(
            () -> run(1, "transformencode", Frames.sample(), text("{ids:true, recode:[2]}")))
        .hasMessageContaining("row 1, column 5 (mis)")
        .hasMessageContaining("\"x\"")
        .hasMessageContaining("recode");
  }

  @Test
  void aMetaFrameOfAnotherSpecIsAnError() {
    Operand meta =
        run(1, "transformencode", Frames.sample(), text("{ids:true, recode:[2,4,5]}"))[1];
    assertThatThrownBy(() -> run(1, "transformapply", Frames.sample(), meta, text(SPEC)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("same spec");
  }

  private static String bins(String method, int count) {
    return "{ids:true, bin:[{id:1, method:" + method + ", numbins:" + count + "}]}";
  }

  private static double[][] column(double... cells) {
    double[][] rows = new double[cells.length][1];
    for (int r = 0; r < cells.length; r++) {
      rows[r][0] = cells[r];
    }
    return rows;
  }
}
