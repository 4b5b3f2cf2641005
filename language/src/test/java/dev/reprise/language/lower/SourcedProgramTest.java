package dev.reprise.language.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.Compiler;
import dev.reprise.language.Scripts;
import dev.reprise.language.SourceFile;
import dev.reprise.language.optimize.Optimization;
import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.Program;
import dev.reprise.language.program.ProgramPrinter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SourcedProgramTest {
  private static final Map<String, String> FILES =
      Map.of(
          "nn/affine.dml",
          """
          source("nn/util.dml") as util
          forward = function(matrix[double] X) return (matrix[double] out) {
            out = scaled(X) + util::one()
          }
          scaled = function(matrix[double] X) return (matrix[double] out) { out = X * 2 }
          """,
          "nn/util.dml",
          """
          one = function() return (double r) { r = 1 }
          scaled = function(double a) return (double r) { r = a }
          """,
          "lib/twice.dml",
          """
          twice = function(matrix[double] X) return (matrix[double] Y) { Y = part(X) + part(X) }
          part = function(matrix[double] X) return (matrix[double] Y) { Y = X }
          """,
          "lib/thrice.dml",
          """
          thrice = function(matrix[double] X) return (matrix[double] Y) { Y = twice(X) + part(X) }
          part = function(matrix[double] X) return (matrix[double] Y) { Y = X * 1 }
          """);

  private static Program compile(String text) throws Exception {
    return Compiler.compile(
            new SourceFile("test.dml", text), Map.of(), Scripts.files(FILES), Set.of())
        .program();
  }

  @Test
  void scopedCallFindsTheFunctionOfTheSourcedFile() throws Exception {
    Program program =
        compile("source(\"nn/affine.dml\") as affine\nY = affine::forward(rand())\nprint(sum(Y))");
    assertThat(Scripts.listing(program.main())).contains("Y = call nn/affine.dml::forward(X=_1)");
    Procedure forward = program.function("nn/affine.dml::forward");
    assertThat(Scripts.listing(forward))
        .contains("_2 = call nn/affine.dml::scaled(X=X)", "_3 = call nn/util.dml::one()");
    assertThat(program.function("nn/util.dml::one")).isNotNull();
    assertThat(program.function("affine::forward")).isSameAs(forward);
  }

  @Test
  void statementsOfASourcedFileAreWarnedOf() throws Exception {
    assertThat(
            Compiler.compile(
                    new SourceFile("test.dml", "source(\"a.dml\") as a\na::f()"),
                    Map.of(),
                    Scripts.files(Map.of("a.dml", "x = 3\nf = function() { print(1) }")),
                    Set.of())
                .warnings())
        .extracting(w -> w.position() + " " + w.message())
        .containsExactly(
            "a.dml:1:1 statements of a sourced file are not executed, only its functions are used");
  }

  @Test
  void libraryFilesKeepTheirHelpersApart() throws Exception {
    Program program = compile("print(sum(thrice(rand())))");
    Procedure thrice = program.function("lib/thrice.dml::thrice");
    assertThat(Scripts.listing(thrice))
        .contains("_2 = call lib/twice.dml::twice(X=X)", "_3 = call lib/thrice.dml::part(X=X)");
    assertThat(Scripts.listing(program.function("lib/twice.dml::twice")))
        .contains("_2 = call lib/twice.dml::part(X=X)");
  }

  @Test
  void functionIsFoundByItsPlainNameForEval() throws Exception {
    Program program =
        compile("part = function(double a) return (double b) { b = a }\nprint(part(1))");
    assertThat(program.function("part").name()).isEqualTo("part");
    assertThat(program.function("twice").name()).isEqualTo("lib/twice.dml::twice");
    assertThat(program.function("nope")).isNull();
    assertThat(program.function("a::nope")).isNull();
  }

  @Test
  void threadsThatAskAtOnceGetTheSameProcedure() throws Exception {
    for (int round = 0; round < 50; round++) {
      Program program = compile("print(1)");
      try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
        List<Callable<Procedure>> asks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          asks.add(() -> program.function("twice"));
        }
        Set<Procedure> answers = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Future<Procedure> answer : threads.invokeAll(asks)) {
          answers.add(answer.get());
        }
        assertThat(answers).hasSize(1);
      }
    }
  }

  @Test
  void boundVariablesExistFromTheStart() throws Exception {
    Program program =
        Compiler.compile(
                new SourceFile("test.dml", "Y = X + b"),
                Map.of(),
                Scripts.files(Map.of()),
                Set.of("X", "b"),
                Set.of("Y"),
                Optimization.off())
            .program();
    assertThat(program.main().slotNames()).containsExactly("X", "b", "Y");
    assertThat(ProgramPrinter.print(program.main())).contains("Y = +(X, b)  ; release X, b");
  }
}
