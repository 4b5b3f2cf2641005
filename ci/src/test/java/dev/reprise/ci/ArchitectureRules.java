package dev.reprise.ci;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The rules of the house, for the classes below one root package. */
final class ArchitectureRules {

  /** Where files are written, below the root package; a name that ends in a dot is a package. */
  private static final List<String> FILE_WRITERS =
      List.of(
          ".OptionPlaces",
          ".formats.",
          ".engine.file.PrivateFolder",
          ".engine.recall.RunRepetition",
          ".engine.file.TraceFile",
          ".engine.timeline.TimelineFile",
          ".memory.SpillFile",
          ".server.LaidUpload",
          ".server.Reply",
          ".server.SpaceContents",
          ".server.WholeUpload",
          ".store.",
          ".runtime.cpu.blas.NativeLibraries",
          ".runtime.gpu.cuda.RetargetedLibrary",
          ".cli.BenchFiles",
          ".cli.BugReport",
          ".cli.Departure",
          ".cli.StatisticsJson",
          ".cli.TerminalInput");

  private static final Set<String> FILE_OPENERS =
      Set.of(
          "java.io.FileOutputStream",
          "java.io.FileWriter",
          "java.io.RandomAccessFile",
          "java.io.PrintStream",
          "java.io.PrintWriter");

  private static final Set<String> READING_METHODS_OF_FILES =
      Set.of(
          "exists",
          "notExists",
          "find",
          "getAttribute",
          "getFileStore",
          "getLastModifiedTime",
          "getOwner",
          "getPosixFilePermissions",
          "getFileAttributeView",
          "isDirectory",
          "isExecutable",
          "isHidden",
          "isReadable",
          "isRegularFile",
          "isSameFile",
          "isSymbolicLink",
          "isWritable",
          "lines",
          "list",
          "mismatch",
          "newBufferedReader",
          "newDirectoryStream",
          "newInputStream",
          "probeContentType",
          "readAllBytes",
          "readAllLines",
          "readAttributes",
          "readString",
          "readSymbolicLink",
          "size",
          "walk",
          "walkFileTree");

  private static final Set<String> ENVIRONMENT_METHODS =
      Set.of(
          "java.lang.System.getProperty",
          "java.lang.System.getProperties",
          "java.lang.System.getenv",
          "java.lang.System.setProperty",
          "java.lang.System.clearProperty",
          "java.lang.Boolean.getBoolean",
          "java.lang.Integer.getInteger",
          "java.lang.Long.getLong");

  private static final Set<String> MUTABLE_TYPES =
      Set.of(
          "java.lang.StringBuilder",
          "java.lang.ThreadLocal",
          "java.util.ArrayList",
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.LinkedHashMap",
          "java.util.TreeMap",
          "java.util.WeakHashMap");

  /**
   * Packages of the engine that execute programs, from the one that knows none of the others on.
   */
  private static final List<String> ENGINE_LAYERS =
      List.of(
          "resource",
          "operation",
          "control",
          "access",
          "replay",
          "pipeline",
          "level",
          "step",
          "fusion",
          "node",
          "loop",
          "call",
          "parfor",
          "link");

  /** Packages of the engine that are understood by themselves; the layers are made with them. */
  private static final List<String> ENGINE_PARTS =
      List.of(
          "value",
          "check",
          "device",
          "worth",
          "region",
          "recall",
          "file",
          "stored",
          "report",
          "timeline",
          "thread",
          "seed");

  private final String root;

  ArchitectureRules(String root) {
    this.root = root;
  }

  /** Rules by the sentence that they enforce. */
  Map<String, ArchRule> all() {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    rules.put("modules import only what they may", ModuleTable.rule(root));
    rules.put("cache and scheduler never import each other", cacheAndScheduler());
    rules.put("command and examples use the engine's public packages", publicPackages());
    rules.put("packages below the engine do not know the engine", partsOfTheEngine());
    rules.put("packages below the engine form no cycle", cyclesInTheEngine());
    rules.put("layers of the engine know those below them alone", layersOfTheEngine());
    rules.put("packages below the engine are layers or parts of them", packagesOfTheEngine());
    rules.put("static fields are final", fields().that().areStatic().should().beFinal());
    rules.put("static fields hold no mutable state", noFields().should(new HoldMutableState()));
    rules.put("native functions are bound in runtime-cpu and memory", nativeCalls());
    rules.put("JCuda and JOCL are seen in runtime-gpu", gpuBindings());
    rules.put("one class reads system properties and the environment", environment());
    rules.put("files are written in named places", fileWriting());
    rules.put("kernels do not see where a script has an operation", places());
    return rules;
  }

  private ArchRule cacheAndScheduler() {
    return CompositeArchRule.of(never(".cache..", ".scheduler.."))
        .and(never(".scheduler..", ".cache.."));
  }

  private ArchRule publicPackages() {
    return CompositeArchRule.of(never(".cli..", ".engine.."))
        .and(never(".cli..", ".language.*.."))
        .and(never(".examples..", ".engine.."));
  }

  /** What can be understood by itself; the engine puts it together. */
  private ArchRule partsOfTheEngine() {
    return never(".engine.*..", ".engine");
  }

  private ArchRule cyclesInTheEngine() {
    return SlicesRuleDefinition.slices()
        .matching(root + ".engine.(*)..")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true);
  }

  private ArchRule layersOfTheEngine() {
    List<ArchRule> all = new ArrayList<>();
    for (int above = 0; above < ENGINE_LAYERS.size(); above++) {
      List<String> below = new ArrayList<>(ENGINE_PARTS);
      below.addAll(ENGINE_LAYERS.subList(0, above));
      for (String each : below) {
        all.add(never(".engine." + each + "..", ".engine." + ENGINE_LAYERS.get(above) + ".."));
      }
    }
    return CompositeArchRule.of(all);
  }

  private ArchRule packagesOfTheEngine() {
    String[] known =
        Stream.concat(ENGINE_LAYERS.stream(), ENGINE_PARTS.stream())
            .map(each -> root + ".engine." + each + "..")
            .toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(root + ".engine.*..")
        .should()
        .resideInAnyPackage(known)
        .allowEmptyShould(true);
  }

  private ArchRule never(String from, String to) {
    return noClasses()
        .that()
        .resideInAPackage(root + from)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(root + to)
        .allowEmptyShould(true);
  }

  private ArchRule nativeCalls() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(root + ".runtime.cpu..", root + ".memory..")
        .and()
        // Looks for a library and whether it has what the bindings call; binds nothing.
        .doNotHaveFullyQualifiedName(root + ".runtime.gpu.cuda.ToolkitLibrary")
        .should()
        .dependOnClassesThat(describe("bind native functions", ArchitectureRules::bindsNatives));
  }

  private static boolean bindsNatives(JavaClass type) {
    return type.getName().startsWith("java.lang.foreign.Linker")
        || type.getName().equals("java.lang.foreign.SymbolLookup")
        || type.getName().equals("java.lang.foreign.FunctionDescriptor")
        || type.getName().startsWith("org.bytedeco.");
  }

  private ArchRule gpuBindings() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".runtime.gpu..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jcuda..", "org.jocl..");
  }

  private ArchRule environment() {
    return noClasses()
        .that()
        .doNotHaveFullyQualifiedName(root + ".engine.resource.Environment")
        .and()
        // The bindings of GPUs take the folder of their natives from a system property only.
        .doNotHaveFullyQualifiedName(root + ".runtime.gpu.NativeFolder")
        .and()
        // The JDK's HTTP server takes its limits from system properties only.
        .doNotHaveFullyQualifiedName(root + ".server.ServerLimits")
        .should()
        .callCodeUnitWhere(
            describe(
                "reads the environment",
                call ->
                    ENVIRONMENT_METHODS.contains(
                        call.getTargetOwner().getName() + "." + call.getTarget().getName())));
  }

  private ArchRule fileWriting() {
    DescribedPredicate<JavaClass> elsewhere =
        describe("are none of the named places", type -> !isNamedPlace(type.getName()));
    return noClasses()
        .that(elsewhere)
        .should()
        .callCodeUnitWhere(describe("writes a file", ArchitectureRules::writesFile));
  }

  private boolean isNamedPlace(String name) {
    return FILE_WRITERS.stream()
        .map(root::concat)
        .anyMatch(place ->
            name.equals(place) || name.startsWith(place.endsWith(".") ? place : place + "$"));
  }

  /** The place is no part of the key; what a kernel sees must be. */
  private ArchRule places() {
    return noClasses()
        .that()
        .resideInAnyPackage(root + ".runtime.cpu..", root + ".runtime.gpu..")
        .should()
        .callMethod("dev.reprise.runtime.operation.Operation", "place");
  }

  private static boolean writesFile(JavaCall<?> call) {
    CodeUnitCallTarget target = call.getTarget();
    return switch (target.getOwner().getName()) {
      case "java.nio.file.Files" -> !READING_METHODS_OF_FILES.contains(target.getName());
      case "java.nio.channels.FileChannel" -> target.getName().equals("open");
      case String owner -> FILE_OPENERS.contains(owner) && opensByName(target);
    };
  }

  /** Constructors that take a stream or a descriptor open nothing. */
  private static boolean opensByName(CodeUnitCallTarget target) {
    List<JavaClass> parameters = target.getRawParameterTypes();
    return target.getName().equals("<init>")
        && !parameters.isEmpty()
        && (parameters.getFirst().isEquivalentTo(String.class)
            || parameters.getFirst().isEquivalentTo(File.class));
  }

  private static final class HoldMutableState extends ArchCondition<JavaField> {
    HoldMutableState() {
      super("hold mutable state in a static field");
    }

    @Override
    public void check(JavaField field, ConditionEvents events) {
      String type = field.getRawType().getName();
      boolean isMutable = MUTABLE_TYPES.contains(type) || type.startsWith("java.util.concurrent.");
      boolean isStatic = field.getModifiers().contains(JavaModifier.STATIC);
      events.add(
          new SimpleConditionEvent(
              field, isStatic && isMutable, field.getFullName() + " is a static " + type));
    }
  }
}
