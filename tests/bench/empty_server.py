"""A grpc.aio server that answers every Resolve with the bytes it was started with: the floor that Python gRPC sets.

Reads a serialised Resolution as hexadecimal from standard input, prints its address, serves until it is terminated.
"""

from __future__ import annotations

import asyncio
import sys

import grpc
import grpc.aio
from zhengming.v1 import resolver_pb2


async def _serve(resolution: resolver_pb2.Resolution) -> None:
    async def resolve(request: resolver_pb2.ResolveRequest, context: object) -> resolver_pb2.Resolution:
        return resolution

    service = resolver_pb2.DESCRIPTOR.services_by_name["ResolverService"].full_name
    handler = grpc.unary_unary_rpc_method_handler(
        resolve, resolver_pb2.ResolveRequest.FromString, resolver_pb2.Resolution.SerializeToString
    )
    server = grpc.aio.server(handlers=[grpc.method_handlers_generic_handler(service, {"Resolve": handler})])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(_serve(resolver_pb2.Resolution.FromString(bytes.fromhex(sys.stdin.readline()))))
