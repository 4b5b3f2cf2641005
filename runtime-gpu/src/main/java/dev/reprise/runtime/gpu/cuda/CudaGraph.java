package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuGraphAddChildGraphNode;
import static jcuda.driver.JCudaDriver.cuGraphAddKernelNode;
import static jcuda.driver.JCudaDriver.cuGraphCreate;
import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecChildGraphNodeSetParams;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecKernelNodeSetParams;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;

import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.gpu.Launch;
import dev.reprise.runtime.gpu.LaunchReplay;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUDA_KERNEL_NODE_PARAMS;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUgraphNode;

/**
 * A sequence of launches as a graph of CUDA: a chain of nodes, which one call starts. Our kernels
 * are nodes whose arguments are set anew where they differ from those before; copies and what
 * cuBLAS launches are captured from the stream, each as a graph of its own within the graph, and
 * captured again when an argument differs. Confined to the worker.
 *
 * <p>The bindings do not offer {@code cuGraphExecUpdate}, which would compare a whole new graph
 * with the old one; node by node is cheaper for the few arguments that change.
 */
final class CudaGraph implements LaunchReplay {
  private static final CUgraphNode[] FIRST = {};

  private final CudaBackend backend;
  private final CudaContext context;
  // The accelerator is closed by another thread than its worker.
  private final Arena arena = Arena.ofShared();
  private final LaunchArguments arguments = new LaunchArguments(arena);
  private final CUgraph graph = new CUgraph();
  private final CUgraphExec executable = new CUgraphExec();
  private final List<CUgraphNode> nodes = new ArrayList<>();
  private final List<CUfunction> functions = new ArrayList<>();

  // What the executable graph launches now.
  private final List<Launch> launches = new ArrayList<>();
  private boolean created;
  private boolean instantiated;
  private boolean closed;

  CudaGraph(CudaBackend backend, CudaContext context, List<Launch> pattern) {
    this.backend = backend;
    this.context = context;
    boolean complete = false;
    try {
      context.check(cuGraphCreate(graph, 0));
      created = true;
      for (Launch launch : pattern) {
        add(launch);
      }
      context.check(context.alone(() -> cuGraphInstantiate(executable, graph, 0)));
      instantiated = true;
      complete = true;
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  private void add(Launch launch) {
    CUgraphNode node = new CUgraphNode();
    CUgraphNode[] before = nodes.isEmpty() ? FIRST : new CUgraphNode[] {nodes.getLast()};
    if (launch.kernel() == null) {
      CUgraph part = backend.captured(() -> launch.issue(backend));
      try {
        context.check(cuGraphAddChildGraphNode(node, graph, before, before.length, part));
      } finally {
        cuGraphDestroy(part);
      }
      functions.add(null);
    } else {
      CUfunction function = backend.function(launch);
      context.check(
          cuGraphAddKernelNode(node, graph, before, before.length, parameters(launch, function)));
      functions.add(function);
      if (launch.generated() != null) {
        backend.keepModule(launch.generated(), true);
      }
    }
    nodes.add(node);
    launches.add(launch);
  }

  private CUDA_KERNEL_NODE_PARAMS parameters(Launch launch, CUfunction function) {
    CUDA_KERNEL_NODE_PARAMS parameters = new CUDA_KERNEL_NODE_PARAMS();
    parameters.func = function;
    parameters.gridDimX = backend.groups(launch);
    parameters.gridDimY = 1;
    parameters.gridDimZ = 1;
    parameters.blockDimX = CudaBackend.groupSize(launch);
    parameters.blockDimY = 1;
    parameters.blockDimZ = 1;
    parameters.kernelParams = arguments.set(launch.arguments());
    return parameters;
  }

  @Override
  public void issue(List<Launch> wanted) {
    if (closed) {
      throw new IllegalStateException("the graph is closed");
    }
    context.makeCurrent();
    for (int i = 0; i < wanted.size(); i++) {
      Launch launch = wanted.get(i);
      if (!launch.hasArgumentsOf(launches.get(i))) {
        set(i, launch);
        launches.set(i, launch);
      }
    }
    backend.launch(executable);
  }

  private void set(int i, Launch launch) {
    if (launch.kernel() != null) {
      context.check(
          cuGraphExecKernelNodeSetParams(
              executable, nodes.get(i), parameters(launch, functions.get(i))));
      return;
    }
    CUgraph part = backend.captured(() -> launch.issue(backend));
    try {
      context.check(cuGraphExecChildGraphNodeSetParams(executable, nodes.get(i), part));
    } finally {
      cuGraphDestroy(part);
    }
  }

  /** The driver does not say what becomes of a graph that is destroyed while it runs. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (instantiated) {
      try {
        backend.settleLaunches();
      } catch (DeviceException e) {
        // The device runs nothing more.
      }
      context.alone(() -> cuGraphExecDestroy(executable));
    }
    for (Launch launch : launches) {
      if (launch.generated() != null) {
        backend.keepModule(launch.generated(), false);
      }
    }
    if (created) {
      cuGraphDestroy(graph);
    }
    arena.close();
  }
}
