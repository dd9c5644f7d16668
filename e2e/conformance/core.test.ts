import { testArea } from "@/e2e/conformance/area";

testArea("core");
